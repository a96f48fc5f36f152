import { isPassed, type PlannedStep } from '../plan/step.ts';
import type { Journal } from '../record/journal.ts';

/** Notes a step that is not to be done, with its reason; false for one that is. */
export function passStep(journal: Journal, { step, action, reason }: PlannedStep): boolean {
  if (!isPassed(action)) return false;
  journal.pass(step, action === 'skip' ? 'skipped' : 'reused', reason);
  return true;
}
