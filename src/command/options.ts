import { resolve } from 'node:path';
import { silent } from '../system/event.ts';
import type { Context } from './context.ts';

export interface CommonOptions {
  C?: string;
  json?: true;
}

/** The context of this process for a command with the common options. */
export function contextOf(options: CommonOptions): Context {
  const aborter = new AbortController();
  const interrupt = (name: string) => () => aborter.abort(new Error(`interrupted by ${name}`));
  process.once('SIGINT', interrupt('SIGINT')).once('SIGTERM', interrupt('SIGTERM'));
  return {
    env: process.env,
    cwd: resolve(options.C ?? '.'),
    now: () => new Date(),
    signal: aborter.signal,
    stdout: process.stdout,
    stderr: process.stderr,
    emit: silent,
  };
}

/** Prints the one JSON document of a command. */
export function printJson(context: Context, value: unknown): void {
  context.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
