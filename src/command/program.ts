import {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  type OutputConfiguration,
} from '@commander-js/extra-typings';
import { exitCodeOf, LockstepError } from '../system/error.ts';
import { VERSION } from '../system/version.ts';
import { orderArguments } from './arguments.ts';
import { catalog } from './catalog.ts';
import { standardOutput } from './context/output.ts';
import { heardInterruption } from './options/interrupt.ts';

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

/** Errors are told by us. */
const OUTPUT: OutputConfiguration = {
  writeOut: (text) => standardOutput.write(text),
  outputError: () => undefined,
};

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
    if (!stopped && error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = error instanceof CommanderError ? usageError(error, args) : error;
    // Loaded only now: most calls have nothing to report.
    const { reportError } = await import('./options/report.ts');
    const status = reportError(stopped ?? failure, args);
    return stopped ? process.exit(status) : status;
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
 * The program with the full declaration of the command called, and of no other: most of a short
 * call would go there. Where none is called it has the names and summaries of all; what completes
 * all commands needs their declarations.
 */
async function assemble(args: readonly string[]): Promise<Command> {
  const program = new Command('lockstep')
    .description(HEADLINE)
    .version(VERSION, '-V, --version', 'print the version')
    .addHelpText('after', AFTER_HELP)
    .exitOverride()
    .configureOutput(OUTPUT);
  const called = args.find((argument) => !argument.startsWith('-'));
  const isWhole = called === 'completion' && !args.some((one) => one === '--help' || one === '-h');
  const behind = isWhole ? undefined : (args[1] ?? '');
  const known = isWhole ? [] : catalog.filter(({ name }) => name === args[0]);
  for (const entry of known.length > 0 ? known : catalog) {
    if (isWhole || entry.name === called) program.addCommand((await entry.load(behind)).command);
    else program.command(entry.name).summary(entry.summary).description(entry.summary);
  }
  program.commands.forEach(tellOurselves);
  return program;
}

function tellOurselves(command: CommandUnknownOpts): void {
  command.exitOverride().configureOutput(OUTPUT);
  command.commands.forEach(tellOurselves);
}
