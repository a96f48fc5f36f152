import { LockstepError } from '../system/error.ts';

/** True when the same blob, read from its source once more, may well arrive. */
export function isLostUpload(error: unknown): boolean {
  return error instanceof LockstepError && error.context.upload === 'lost';
}
