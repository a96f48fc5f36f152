import { makerOf } from '../../../workflow/document/seal.ts';
import { lineDiff } from '../../../workflow/line-diff.ts';
import type { FileStep } from '../../../workflow/plan.ts';

const DONE = { write: 'wrote', remove: 'removed', keep: 'unchanged', differs: 'left' };

/** What became of files, a line each; with any left alone, nothing was written at all. */
export function showSteps(steps: readonly FileStep[], left: readonly FileStep[]): string {
  const told = left.length > 0 ? left : steps;
  return told.map(({ path, action }) => `${DONE[action]} ${path}\n`).join('');
}

/** Why a file is left alone, and what would change in it. */
export function showDifference({ path, text, now = '' }: FileStep): string {
  const why = makerOf(now) === 'edited' ? 'was edited by hand' : 'was not made by lockstep';
  return `\n${path} ${why}; lockstep workflow generate --force would write:\n${lineDiff(now, text).join('\n')}\n`;
}
