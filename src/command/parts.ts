import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';

/** One command of a command that has several; its module is loaded only when it is called. */
export interface Part {
  name: string;
  summary: string;
  load: () => Promise<CommandUnknownOpts>;
}

/** A command that has several, and what its help says. */
export interface Group {
  name: string;
  summary: string;
  description: string;
  /** What stands behind the options: what there is to know, and examples. */
  epilogue: string;
  parts: readonly Part[];
}

/**
 * Declares a command with the commands that it has: of the one called its whole declaration, of the
 * others names and summaries. `called` is what stands behind the command's name; for a help of all
 * (empty, or an option) names and summaries are enough, for what is no name, or undefined, all are
 * loaded.
 */
export async function loadGroup(
  { name, summary, description, epilogue, parts }: Group,
  called?: string,
): Promise<CommandUnknownOpts> {
  const group: CommandUnknownOpts = new Command(name)
    .summary(summary)
    .description(description)
    .addHelpText('after', epilogue);
  const isName = parts.some((part) => part.name === called);
  const isHelp = called === '' || called?.startsWith('-');
  for (const part of parts) {
    if (part.name === called || !(isName || isHelp))
      group.addCommand((await part.load()).summary(part.summary));
    else group.command(part.name).summary(part.summary).description(part.summary);
  }
  return group;
}
