import type { Command, OptionValues } from '@commander-js/extra-typings';

/** Of every command that builds Butane: where its local files and the values of its tags come from. */
export function valueOptions<A extends unknown[], O extends OptionValues>(command: Command<A, O>) {
  return command
    .option('-d, --files-dir <dir>', 'take local files from this folder')
    .option('--set <name=value>', 'value of a variable; may be given again', collect)
    .option('--stream <name>', 'which stream of the configuration');
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}
