/** Writes the manual page lockstep(1) from the declarations of all commands. */
import { type CommandDefinition, everyCommand } from '../src/command/render/shell/definition.ts';

/** The page in the language of man(7). */
export function manPage(program: CommandDefinition, version: string): string {
  const commands = everyCommand(program).slice(1);
  return `.\\" Made by scripts/docs.ts from the declarations of the commands.
.TH LOCKSTEP 1 "" "lockstep ${version}" "User Commands"
.SH NAME
lockstep \\- ${escape(program.description.charAt(0).toLowerCase() + program.description.slice(1).replace(/\.$/, ''))}
.SH SYNOPSIS
.B lockstep
.I command
.RI [ options ]
.SH DESCRIPTION
${literal(program.epilogue)}
.SH COMMANDS
${commands.map(commandPart).join('\n')}
.SH FILES
.TP
.I lockstep.yaml
The configuration of a project.
.TP
.I lockstep.lock.json
The inputs of a run, to be replayed.
.TP
.I .lockstep
Runs and what they keep on this machine.
.SH ENVIRONMENT
.TP
.BR NO_COLOR ", " FORCE_COLOR
No colours; colours in files and pipes too.
.TP
.BR LC_ALL ", " LC_CTYPE ", " LANG
Whether signs beyond ASCII can be shown.
.TP
.B TZ
The time zone of what is printed for people.
`;
}

function commandPart({ path, usage, description, options, ...rest }: CommandDefinition): string {
  const given = rest.arguments.map((one) => entry(`.I ${escape(one.name)}`, one.description));
  const flags = options.map(({ names, value, description }) => {
    const follows = value ? ` \\fI${escape(value.name)}\\fR` : '';
    return entry(names.map((name) => `\\fB${escape(name)}\\fR${follows}`).join(', '), description);
  });
  const parts = [
    `.SS "lockstep ${escape(path)}"`,
    `.B lockstep ${escape(`${path} ${usage}`)}`,
    '.PP',
    line(description),
    ...given,
    ...flags,
    ...(rest.epilogue ? ['.PP', literal(rest.epilogue)] : []),
  ];
  return parts.join('\n');
}

function entry(term: string, text: string): string {
  return ['.TP', term, line(text || 'Shown by the help.')].join('\n');
}

/** Lines as they are. */
function literal(text: string): string {
  return ['.nf', ...text.split('\n').map(line), '.fi'].join('\n');
}

/** What stands at the beginning of a line must not be taken for a request. */
function line(text: string): string {
  return escape(text).replace(/^(?=[.'])/, '\\&');
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq');
}
