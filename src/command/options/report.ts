import {
  type ErrorCode,
  type ErrorPlace,
  exitCodeOf,
  fileFaultOf,
  LockstepError,
} from '../../system/error.ts';
import { standardOutput } from '../context/output.ts';
import { printJson } from '../context/print-json.ts';
import { isJob, placeAnnotations } from '../render/job.ts';
import { printableLines } from '../render/listing.ts';
import { paint, styleOf } from '../text/style.ts';

/** Prints a failure on standard error (as JSON on standard output with `--json`); its exit status. */
export function reportError(error: unknown, args: readonly string[]): number {
  const known = error instanceof LockstepError ? error : fileFaultOf(error);
  const style = styleOf(process.stderr, process.env);
  if (isJob(process.env)) process.stderr.write(placeAnnotations(known?.places ?? [], process.env));
  if (args.includes('--json'))
    printJson({ stdout: standardOutput }, { error: asJson(known ?? error) });
  process.stderr.write(
    `${paint(style, 'red', 'error')}: ${printableLines(messageOf(known ?? error))}\n`,
  );
  if (known?.hint)
    process.stderr.write(`${paint(style, 'cyan', 'hint')}: ${printableLines(known.hint)}\n`);
  if (!known && error instanceof Error && exitCodeOf(error) === 4) {
    process.stderr.write(`This is a bug in lockstep.\n${error.stack ?? ''}\n`);
  }
  return exitCodeOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A failure, as it is printed with `--json`. */
interface ErrorDocument {
  code: ErrorCode;
  message: string;
  /** What to do next. */
  hint?: string;
  /** What it is about: reference, digest, path, address. */
  context: Readonly<Record<string, string | number>>;
  /** What is wrong where in the files of the project. */
  places: readonly ErrorPlace[];
}

function asJson(error: unknown): ErrorDocument {
  if (!(error instanceof LockstepError))
    return { code: 'bug', message: messageOf(error), context: {}, places: [] };
  const { code, message, hint, context, places } = error;
  return { code, message, hint, context, places };
}
