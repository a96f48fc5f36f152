import { type CommandDefinition, everyCommand, type OptionDefinition } from './definition.ts';

/** Completion for fish: `lockstep.fish` in a folder of `fish_complete_path`. */
export function fishCompletion(program: CommandDefinition): string {
  const lines = everyCommand(program).flatMap(commandLines);
  return `# Completion of lockstep for fish, made by: lockstep completion fish
complete -c lockstep -f
${lines.join('\n')}
`;
}

function commandLines({ path, options, commands, arguments: taken }: CommandDefinition): string[] {
  const here =
    path === '' ? [] : path.split(' ').map((name) => `__fish_seen_subcommand_from ${name}`);
  const inner = commands.map(({ name }) => name);
  const before =
    path === '' ? '__fish_use_subcommand' : `not __fish_seen_subcommand_from ${inner.join(' ')}`;
  const alone = when(inner.length > 0 ? [...here.slice(-1), before] : here);
  return [
    ...commands.map(({ name, summary }) => `${alone} -a ${name} -d ${quote(summary)}`),
    ...options.map((option) => `${inner.length > 0 ? alone : when(here)} ${optionWords(option)}`),
    ...taken.map(
      ({ choices }) => `${alone} ${choices.length > 0 ? `-a ${quote(choices.join(' '))}` : '-F'}`,
    ),
  ];
}

function when(conditions: readonly string[]): string {
  return `complete -c lockstep -n ${quote(conditions.join('; and '))}`;
}

function optionWords({ names, value, description }: OptionDefinition): string {
  const flags = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  return [...flags, ...(value ? [valueWords(value)] : []), `-d ${quote(description)}`].join(' ');
}

function valueWords({ kind, choices, optional }: NonNullable<OptionDefinition['value']>): string {
  if (optional) return '';
  if (choices.length > 0) return `-x -a ${quote(choices.join(' '))}`;
  return { file: '-r -F', folder: `-x -a '(__fish_complete_directories)'`, word: '-x' }[kind];
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
