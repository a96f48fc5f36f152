import { type Change, type InputsDiff, isSame } from '../../release/lock/diff.ts';
import type { PackagesDiff } from '../../release/lock/packages-diff.ts';
import type { Style } from '../text/style.ts';
import { table } from '../text/table.ts';

/** What changed, for people: `+` came, `-` went, `^` upgraded, `v` downgraded, `=` rebuilt. */
export function showDiff(diff: InputsDiff, style: Style): string {
  const rows = diff.changes.map(changeRow);
  const tools = diff.tools.map(changeRow);
  return [
    isSame(diff) ? `${diff.stream}: the same inputs` : diff.stream,
    ...(rows.length > 0 ? [table(rows, style)] : []),
    ...Object.entries(diff.packages).flatMap(([name, packages]) =>
      packagesText(name, packages, style),
    ),
    ...(tools.length > 0 ? ['  tools of the machine', table(tools, style)] : []),
  ].join('\n');
}

function changeRow({ what, from, to }: Change): string[] {
  return [`  ${what}`, `${from ?? 'none'} -> ${to ?? 'none'}`];
}

function packagesText(name: string, diff: PackagesDiff, style: Style): string[] {
  const { added, removed, upgraded, downgraded, rebuilt } = diff;
  const moves = (sign: string, list: PackagesDiff['upgraded']) =>
    list.map((one) => [`    ${sign} ${one.name}`, `${one.from} -> ${one.to}`]);
  const single = (sign: string, list: PackagesDiff['added']) =>
    list.map((one) => [`    ${sign} ${one.name}`, one.version]);
  const rows = [
    ...single('+', added),
    ...single('-', removed),
    ...moves('^', upgraded),
    ...moves('v', downgraded),
    ...single('=', rebuilt),
  ];
  const counts = Object.entries(diff).flatMap(([how, list]) =>
    list.length > 0 ? [`${list.length} ${how}`] : [],
  );
  return [`  packages of the ${name}: ${counts.join(', ')}`, table(rows, style)];
}
