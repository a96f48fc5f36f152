import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from '@commander-js/extra-typings';
import { CONFIG_FILE } from '../../config/file.ts';
import { LockstepError } from '../../system/error.ts';
import { silent } from '../../system/event.ts';
import type { Context } from '../context/context.ts';
import { outputTerminal, standardOutput } from '../context/output.ts';
import { styleOf } from '../text/style.ts';
import { interruption } from './interrupt.ts';

export { printJson } from '../context/print-json.ts';

/** Of every command. */
export interface CommonOptions {
  C?: string;
  json?: true;
  quiet?: true;
  verbose?: true;
}

/** Adds the options of every command; they may stand before the name of the command too. */
export function commonOptions(command: Command) {
  return command
    .option('-C <dir>', 'work in this folder instead of the current one')
    .option('--json', 'print one JSON document on standard output and nothing else there')
    .option('-q, --quiet', 'say nothing on standard error but what went wrong')
    .option('-v, --verbose', 'show what the programs that are started print');
}

/** Of every command that works on a project. */
export interface ProjectOptions extends CommonOptions {
  config: string;
}

/** Of every command that resolves what moves. */
export interface ReplayOptions extends ProjectOptions {
  replay?: string | true;
  locked?: true;
}

/** Adds the options of every command that works on a project. */
export function projectOptions(command: Command) {
  return commonOptions(command).option(
    '--config <file>',
    'configuration, from the folder of the project',
    CONFIG_FILE,
  );
}

/** Adds those of every command that resolves what moves, or takes inputs as they were written down. */
export function replayOptions(command: Command) {
  return projectOptions(command)
    .option('--replay [file]', 'use exactly these inputs (default: lockstep.lock.json)')
    .addOption(
      new Option('--locked', 'use exactly the inputs of lockstep.lock.json').conflicts('replay'),
    );
}

/**
 * The context of this process for a command with the common options. `hint` tells what a later
 * call can do when this one is interrupted.
 */
export function contextOf(options: CommonOptions, hint?: string): Context {
  return contextWith(options, interruption(hint));
}

/** The same for a command that ends by signals of its own. */
export function contextWith(options: CommonOptions, signal: AbortSignal): Context {
  return {
    env: process.env,
    cwd: folderOf(options),
    now: () => new Date(),
    signal,
    stdout: standardOutput,
    style: styleOf(outputTerminal(), process.env),
    get stderr() {
      return process.stderr;
    },
    detail: options.quiet ? 'quiet' : options.verbose ? 'verbose' : 'usual',
    emit: silent,
  };
}

/** The folder to work in; throws `usage` for one that is not there. */
function folderOf({ C: given = '.' }: CommonOptions): string {
  const folder = resolve(given);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new LockstepError('usage', `-C ${given}: there is no such folder`, {
    context: { path: folder },
    hint: `make it first: mkdir -p ${given}`,
  });
}

/** Says something on standard error that is neither the answer nor a failure. */
export function note(context: Pick<Context, 'stderr' | 'detail'>, text: string): void {
  if (context.detail !== 'quiet') context.stderr.write(`${text}\n`);
}
