import { Command, CommanderError } from '@commander-js/extra-typings';
import { exitCodeOf, LockstepError } from '../system/error.ts';
import { VERSION } from '../system/version.ts';
import { orderArguments } from './arguments.ts';
import { catalog } from './catalog.ts';
import { heardInterruption } from './options/interrupt.ts';
import { reportError } from './options/report.ts';

const HEADLINE =
  'Keeps out-of-tree kernel modules in lockstep with the kernels of image-based systems.';

const AFTER_HELP = `
Exit status: 0 done or yes, 1 no, 2 you can fix it, 3 somebody else's failure (retry),
4 a bug, 130 interrupted.

Examples:
  $ lockstep init --profile debian
  $ lockstep run
  $ lockstep status
  $ lockstep run --help`;

/** Runs one call of the program and returns its exit status. */
export async function main(given: readonly string[]): Promise<number> {
  const args = orderArguments(given);
  try {
    const program = await assemble(args);
    await program.parseAsync(args, { from: 'user' });
    const stopped = heardInterruption();
    return stopped ? process.exit(exitCodeOf(stopped)) : Number(process.exitCode ?? 0);
  } catch (error) {
    // What was asked to stop throws this and that; why it stopped is known.
    const stopped = heardInterruption();
    if (stopped) return process.exit(reportError(stopped, args));
    if (!(error instanceof CommanderError)) return reportError(error, args);
    return error.exitCode === 0 ? 0 : reportError(usageError(error, args), args);
  }
}

/** What commander says, as an error like others; where it has shown the help, that is said. */
function usageError({ code, message }: CommanderError, args: readonly string[]): LockstepError {
  const [called] = args.filter((argument) => !argument.startsWith('-'));
  const known = catalog.some(({ name }) => name === called);
  const said = code === 'commander.help' ? 'name a command' : message.replace(/^error: /, '');
  return new LockstepError('usage', said, {
    hint: `${known ? `lockstep ${called}` : 'lockstep'} --help tells how it is called`,
  });
}

/** The program with the full declaration of every command. */
export function wholeProgram(): Promise<Command> {
  return assemble(['completion']);
}

/**
 * The whole program with names and summaries, and the full declaration of the command called; what
 * completes all commands needs those of all.
 */
async function assemble(args: readonly string[]): Promise<Command> {
  const program = new Command('lockstep')
    .description(HEADLINE)
    .version(VERSION, '-V, --version', 'print the version')
    .addHelpText('after', AFTER_HELP)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  const called = args.find((argument) => !argument.startsWith('-'));
  for (const entry of catalog) {
    if (entry.name === called || called === 'completion')
      program.addCommand((await entry.load()).command);
    else program.command(entry.name).summary(entry.summary).description(entry.summary);
  }
  for (const command of program.commands) {
    for (const one of [command, ...command.commands])
      one.exitOverride().configureOutput({ outputError: () => undefined });
  }
  return program;
}
