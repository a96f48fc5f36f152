import { LockstepError } from '../../system/error.ts';
import { StepFailure } from '../record/journal.ts';
import { rootOf } from './record.ts';

/**
 * What a job of a plan says when something is not there any more: it was when the plan was made, so
 * that upstream has moved on meanwhile, and the next run plans anew. Other failures stay as they are.
 */
export function movedOn(error: unknown): unknown {
  const cause = rootOf(error);
  if (!(cause instanceof LockstepError) || cause.code !== 'not-found') return error;
  const moved = new LockstepError('archive', cause.message, {
    context: cause.context,
    hint: 'upstream has moved on since this was planned: start another run, which plans anew',
    cause,
  });
  return error instanceof StepFailure ? new StepFailure(error.step, moved, error.findings) : moved;
}
