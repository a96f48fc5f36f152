import type { PlacedFinding } from './check/finding.ts';
import { makerOf } from './document/seal.ts';
import { lineDiff } from './line-diff.ts';
import type { FileStep } from './plan.ts';

const AGAIN = 'make them anew: lockstep workflow generate';

/** What of a project's files is not as its configuration makes it; pins may be other ones. */
export function driftOf(steps: readonly FileStep[]): PlacedFinding[] {
  const isMade = steps.some(({ now }) => now != null && makerOf(now) !== 'other');
  return steps.flatMap((step) => {
    const finding = driftIn(step, isMade);
    return finding ? [finding] : [];
  });
}

function driftIn(
  { path, text, now, action }: FileStep,
  isMade: boolean,
): PlacedFinding | undefined {
  const where = { file: path, line: 1, column: 1 };
  if (action === 'keep') return undefined;
  if (now == null) {
    const severity = isMade ? 'error' : 'info';
    return { rule: 'not-made', severity, message: 'is not made yet', where, hint: AGAIN };
  }
  if (action === 'remove')
    return {
      rule: 'left-over',
      severity: 'error',
      message: 'nothing makes it any more',
      where,
      hint: AGAIN,
    };
  const at = { ...where, line: firstDifference(now, text) };
  if (makerOf(now) === 'other') {
    const message = 'stands where a file of lockstep belongs';
    return {
      rule: 'foreign',
      severity: isMade ? 'error' : 'info',
      message,
      where,
      hint: `move it, or ${FORCE}`,
    };
  }
  const [rule, message, hint] =
    action === 'differs'
      ? ['edited', 'was edited by hand', `change lockstep.yaml instead; ${FORCE}`]
      : ['drift', 'is not what lockstep.yaml says', AGAIN];
  return {
    rule,
    severity: 'error',
    message,
    where: at,
    hint,
    found: lineDiff(now, text).join('\n'),
  };
}

const FORCE = 'lockstep workflow generate --force overwrites it';

function firstDifference(now: string, text: string): number {
  const [before, after] = [now.split('\n'), text.split('\n')];
  // The line with the digest differs whenever anything does.
  const at = before.findIndex((line, index) => line !== after[index] && !line.includes('sha256:'));
  return Math.max(at, 0) + 1;
}
