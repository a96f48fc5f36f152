import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** One command of a command that has several; its module is loaded only when it is called. */
export interface Part {
  name: string;
  summary: string;
  load: () => Promise<CommandUnknownOpts>;
}

/**
 * Adds commands to the one that has them: of the one called its whole declaration, of the others
 * names and summaries. `called` is what stands behind the command's name; for a help of all (empty,
 * or an option) names and summaries are enough, for what is no name, or undefined, all are loaded.
 */
export async function addParts(
  group: CommandUnknownOpts,
  parts: readonly Part[],
  called?: string,
): Promise<CommandUnknownOpts> {
  const isName = parts.some(({ name }) => name === called);
  const isHelp = called === '' || called?.startsWith('-');
  for (const { name, summary, load } of parts) {
    if (name === called || !(isName || isHelp)) group.addCommand((await load()).summary(summary));
    else group.command(name).summary(summary).description(summary);
  }
  return group;
}
