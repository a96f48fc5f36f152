import { describe, expect, it } from 'vitest';
import { exitCodeOf, LockstepError } from '../../system/error.ts';
import { StepFailure } from '../record/journal.ts';
import { movedOn } from './moved-on.ts';
import { rootOf } from './record.ts';

describe(movedOn, () => {
  it('calls what is gone since the plan somebody else’s failure, in the step where it was missed', () => {
    const gone = new LockstepError('not-found', 'the archive no longer has zlib1g 1.2');
    const failure = movedOn(new StepFailure('compose', gone, []));

    expect(failure).toMatchObject({ step: 'compose' });
    expect(exitCodeOf(rootOf(failure))).toBe(3);
    expect(rootOf(failure)).toMatchObject({ message: gone.message, code: 'archive' });
    expect(exitCodeOf(movedOn(gone))).toBe(3);
  });

  it.each([
    new LockstepError('config', 'another configuration'),
    new StepFailure('boot', new LockstepError('gate-failed', 'no'), []),
    new Error('x'),
  ])('leaves other failures as they are', (error) => {
    expect(movedOn(error)).toBe(error);
  });
});
