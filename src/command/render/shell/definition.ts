import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** What a value is, for those who complete it. */
type ValueKind = 'file' | 'folder' | 'word';

/** An option, as shells and manuals need it. */
export interface OptionDefinition {
  /** `-q`, `--quiet`. */
  names: string[];
  /** What follows it. */
  value?: { name: string; kind: ValueKind; choices: readonly string[]; optional: boolean };
  repeatable: boolean;
  description: string;
}

/** A command with everything below it, read from its declaration. */
export interface CommandDefinition {
  /** With those above it: `lock sync`; empty for the program. */
  path: string;
  name: string;
  summary: string;
  description: string;
  usage: string;
  options: OptionDefinition[];
  arguments: { name: string; description: string; choices: readonly string[] }[];
  commands: CommandDefinition[];
  /** What the help says after the options. */
  epilogue: string;
}

/** Reads the declaration of a command. */
export function definitionOf(command: CommandUnknownOpts, above = ''): CommandDefinition {
  const path = command.parent ? `${above} ${command.name()}`.trim() : '';
  return {
    path,
    name: command.name(),
    summary: command.summary() || command.description(),
    description: command.description(),
    usage: command.usage(),
    options: command.createHelp().visibleOptions(command).map(optionOf),
    arguments: command.registeredArguments.map((one) => ({
      name: one.name(),
      description: one.description,
      choices: one.argChoices ?? [],
    })),
    commands: command.commands.map((one) => definitionOf(one, path)),
    epilogue: epilogueOf(command),
  };
}

type Declared = CommandUnknownOpts['options'][number];

function optionOf(option: Declared): OptionDefinition {
  const { short, long, flags, argChoices, description } = option;
  const name = /[<[]([^\].>]+)/.exec(flags)?.[1];
  const value = name && {
    name,
    kind: kindOf(name),
    choices: argChoices ?? [],
    optional: option.optional,
  };
  return {
    names: [short, long].filter((one) => one != null),
    ...(value && { value }),
    repeatable: option.variadic || description.includes('can be repeated'),
    description,
  };
}

/** By the words that all declarations use for files and folders. */
function kindOf(name: string): ValueKind {
  if (name === 'dir') return 'folder';
  return ['file', 'module'].includes(name) ? 'file' : 'word';
}

/** Commander has no way to ask for the text of addHelpText, so the help is asked to print it. */
function epilogueOf(command: CommandUnknownOpts): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim();
}

/** A command and all below it. */
export function everyCommand(definition: CommandDefinition): CommandDefinition[] {
  return [definition, ...definition.commands.flatMap(everyCommand)];
}
