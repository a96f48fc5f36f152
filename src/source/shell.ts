import { LockstepError } from '../system/error.ts';

/** Quotes a word for any shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A kernel release as it may stand in paths and patterns; throws `invalid-content` for others. */
export function checkedRelease(release: string): string {
  if (/^[0-9][\w.+~-]*$/.test(release)) return release;
  throw new LockstepError('invalid-content', `not a kernel release: ${JSON.stringify(release)}`);
}
