import { type CommandDefinition, everyCommand, type OptionDefinition } from './definition.ts';

/** Completion for bash; needs nothing of the package bash-completion. */
export function bashCompletion(program: CommandDefinition): string {
  const all = everyCommand(program);
  const known = all.flatMap(({ path }) => (path === '' ? [] : [`'${caseOf(path)}'`]));
  return `# Completion of lockstep for bash, made by: lockstep completion bash
_lockstep() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local command= words= options= at
  COMPREPLY=()
  [[ $word == '=' ]] && word=
  [[ $before == '=' ]] && before=\${COMP_WORDS[COMP_CWORD - 2]}
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$command \${COMP_WORDS[at]}" in
      *' -C' | *' --config') at=$((at + 1)) ;;
      ${known.join(' | ')})
        command="\${command:+$command }\${COMP_WORDS[at]}" ;;
    esac
  done
  case "$command $before" in
${all.flatMap(valueCases).join('\n')}
  esac
  if [[ -z $words ]]; then
    case $command in
${all.map(wordCase).join('\n')}
    esac
    [[ $word == -* || -z $words ]] && words=$options
  fi
  [[ $words == FILES ]] && return
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o bashdefault -o default -F _lockstep lockstep
`;
}

/** A command beside what stands before it: ` run`, `lock sync`. */
function caseOf(path: string): string {
  return path.includes(' ') ? path : ` ${path}`;
}

function valueCases({ path, options }: CommandDefinition): string[] {
  return options.flatMap(({ names, value }) => {
    if (!value || value.optional) return [];
    const patterns = names.map((name) => `'${path} ${name}'`).join(' | ');
    return [`    ${patterns}) ${completeValue(value)} ;;`];
  });
}

function completeValue({ kind, choices }: NonNullable<OptionDefinition['value']>): string {
  if (choices.length > 0) return `words='${choices.join(' ')}'`;
  if (kind === 'file') return 'return';
  if (kind === 'word') return 'compopt +o default +o bashdefault; return';
  return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$word"); return';
}

function wordCase({ path, options, commands, arguments: taken }: CommandDefinition): string {
  const choices = taken.flatMap((one) => one.choices);
  const names = [...commands.map(({ name }) => name), ...choices];
  const words = names.length > 0 || taken.length === 0 ? names : ['FILES'];
  const flags = options.flatMap((option) => option.names);
  return `      '${path}') words='${words.join(' ')}' options='${flags.join(' ')}' ;;`;
}
