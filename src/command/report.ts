import { styleText } from 'node:util';
import { exitCodeOf, LockstepError } from '../system/error.ts';
import { printJson } from './print-json.ts';

/** Prints a failure on standard error (as JSON on standard output with `--json`); its exit status. */
export function reportError(error: unknown, args: readonly string[]): number {
  const known = error instanceof LockstepError ? error : undefined;
  if (args.includes('--json')) printJson({ stdout: process.stdout }, { error: asJson(error) });
  process.stderr.write(`${styleText('red', 'error')}: ${messageOf(error)}\n`);
  if (known?.hint) process.stderr.write(`${styleText('cyan', 'hint')}: ${known.hint}\n`);
  if (!known && error instanceof Error && exitCodeOf(error) === 4) {
    process.stderr.write(`This is a bug in lockstep.\n${error.stack ?? ''}\n`);
  }
  return exitCodeOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function asJson(error: unknown): object {
  if (!(error instanceof LockstepError)) return { code: 'bug', message: messageOf(error) };
  return { code: error.code, message: error.message, hint: error.hint, context: error.context };
}
