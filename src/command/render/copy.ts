import type { ProjectCopied } from '../../release/copying/apply.ts';
import type { CopyAction, CopyPlan } from '../../release/copying/plan.ts';
import { type Style, sign } from '../text/style.ts';
import { table } from '../text/table.ts';

const WORDS: Record<CopyAction, string> = {
  stands: 'there already',
  copy: 'to copy',
  move: 'to move to another image',
  promote: 'to move last, as hosts follow them',
  conflict: 'in conflict',
};

/** Tells what a copy would do: how many tags of each repository, and where those that move go. */
export function showCopy(plans: readonly CopyPlan[], style: Style): string {
  return plans.map((plan) => showRepository(plan, style)).join('\n');
}

function showRepository({ repository, tags }: CopyPlan, style: Style): string {
  const groups = Object.entries(WORDS).flatMap(([action, words]) => {
    const count = tags.filter((one) => one.action === action).length;
    return count > 0 ? [`${count} ${words}`] : [];
  });
  const moving = tags.filter(({ action, at }) => action === 'promote' || (at && action === 'move'));
  const rows = moving.map(({ tag, at, digest }) => [
    `  ${tag}`,
    at ?? 'new',
    sign(style, 'arrow'),
    digest,
  ]);
  const head = `${repository}: ${groups.join(', ') || 'no tags'}`;
  return rows.length > 0 ? `${head}\n${table(rows, style)}` : head;
}

/** Tells what a copy did. */
export function showCopied({ copied, copiedBytes, moved }: ProjectCopied): string {
  const size = `${(copiedBytes / 1e6).toFixed(1)} MB`;
  const sent = copied > 0 ? `copied ${copied} parts, ${size}` : 'everything was there already';
  const tags = Object.entries(moved).map(([tag, digest]) => `${tag} is ${digest} now`);
  return [sent, ...tags].join('\n');
}
