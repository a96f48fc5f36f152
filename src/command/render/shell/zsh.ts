import { type CommandDefinition, everyCommand, type OptionDefinition } from './definition.ts';

/** Completion for zsh: a file `_lockstep` in a folder of `fpath`. */
export function zshCompletion(program: CommandDefinition): string {
  const functions = everyCommand(program).map(commandFunction);
  return `#compdef lockstep
# Completion of lockstep for zsh, made by: lockstep completion zsh
${functions.join('\n')}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _lockstep "$@"
else
  compdef _lockstep lockstep
fi
`;
}

function commandFunction(definition: CommandDefinition): string {
  const { commands, options } = definition;
  const specs = [...options.map(optionSpec), ...argumentSpecs(definition)];
  const call = `_arguments -s -S -C \\\n    ${specs.join(' \\\n    ')}`;
  const body =
    commands.length > 0
      ? `  local state line\n  ${call} && return\n${choiceOfCommand(definition)}`
      : `  ${call}`;
  return `${functionName(definition)}() {\n${body}\n}`;
}

function functionName({ path }: CommandDefinition): string {
  return `_lockstep${path && `_${path.replaceAll(/[ -]/g, '_')}`}`;
}

function choiceOfCommand({ commands }: CommandDefinition): string {
  const described = commands.map(({ name, summary }) => `      ${quote(`${name}:${summary}`)}`);
  const calls = commands.map((one) => `      ${one.name}) ${functionName(one)} ;;`);
  return `  case $state in
    command)
      local -a commands=(
${described.join('\n')}
      )
      _describe command commands ;;
    rest)
      case $line[1] in
${calls.join('\n')}
      esac ;;
  esac`;
}

function argumentSpecs({ commands, arguments: taken }: CommandDefinition): string[] {
  if (commands.length > 0) return [`'1: :->command'`, `'*:: :->rest'`];
  return taken.map(({ name, choices }) =>
    quote(choices.length > 0 ? `:${name}:(${choices.join(' ')})` : `*:${name}:_files`),
  );
}

function optionSpec({ names, value, repeatable, description }: OptionDefinition): string {
  const said = `[${description.replaceAll(/[[\]\\]/g, '\\$&')}]`;
  const follows = value ? `${value.optional ? '::' : ':'}${value.name}:${actionOf(value)}` : '';
  const [first = '', ...others] = names.map(
    (name) => `${name}${value && name.startsWith('--') ? '=' : ''}`,
  );
  const exclusive = repeatable ? '*' : `(${names.join(' ')})`;
  if (others.length === 0) return quote(`${exclusive}${first}${said}${follows}`);
  return `${quote(exclusive)}{${[first, ...others].join(',')}}${quote(`${said}${follows}`)}`;
}

function actionOf({ kind, choices }: NonNullable<OptionDefinition['value']>): string {
  if (choices.length > 0) return `(${choices.join(' ')})`;
  return { file: '_files', folder: '_files -/', word: ' ' }[kind];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
