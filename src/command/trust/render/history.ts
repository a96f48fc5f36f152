import type { TagHistory } from '../../../trust/chain/judge.ts';
import type { Link } from '../../../trust/chain/link.ts';
import type { Context } from '../../context/context.ts';
import { findingLines } from '../../render/finding.ts';
import { printable } from '../../render/listing.ts';
import { moment } from '../../text/duration.ts';
import { paint } from '../../text/style.ts';
import { table } from '../../text/table.ts';

/** The moves of each tag, the newest first, and what is wrong with it. */
export function historyText(
  tags: readonly TagHistory[],
  context: Pick<Context, 'style' | 'now'>,
): string {
  return tags.map((one) => `${tagLines(one, context).join('\n')}\n`).join('');
}

function tagLines(
  { tag, now, links, findings }: TagHistory,
  context: Pick<Context, 'style' | 'now'>,
): string[] {
  const { style } = context;
  const isWrong = findings.some(({ severity }) => severity === 'error');
  const head = `${printable(tag)}  ${now}`;
  const rows = links.toReversed().map((link) => ['  ', ...columns(link, context)]);
  return [
    isWrong ? paint(style, 'red', head) : head,
    ...(rows.length > 0 ? [table(rows, style)] : []),
    ...findings.flatMap(findingLines).map(printable),
  ];
}

function columns(
  { kind, sequence, id, finished, to, signed }: Link,
  { now }: Pick<Context, 'now'>,
): string[] {
  const place = sequence > 0 ? String(sequence) : '-';
  return [place, kind, signed ? 'signed' : '', moment(finished, now()), to, printable(id)];
}
