import type { Command, OptionValues } from '@commander-js/extra-typings';
import { namesIn } from '../../config/names.ts';

/** Gathers the values of an option that can be repeated. */
export function several(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** What says which streams and kernels are worked on. */
export interface ChoiceOptions {
  stream?: string[];
  kernel?: string[];
}

/** Adds the options that choose streams and kernels; several names may stand in one value. */
export function choiceOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .option('--stream <name...>', 'these streams alone', names)
    .option('--kernel <release...>', 'for these kernels alone (`uname -r`)', names);
}

function names(value: string, before: string[] = []): string[] {
  return [...before, ...namesIn([value])];
}
