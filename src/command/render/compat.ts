import { newestPerLine } from '../../source/openzfs/choose.ts';
import type { Refreshed } from '../../source/openzfs/refresh.ts';
import type { ReadTable } from '../../source/openzfs/table-file.ts';
import { lineOf } from '../../source/openzfs/version.ts';
import { describeRange, standingOf } from '../../source/range.ts';
import type { Finding } from '../../system/finding.ts';
import type { Context } from '../context/context.ts';
import { age } from '../text/duration.ts';
import { table } from '../text/table.ts';
import { findingLines } from './finding.ts';

/** What is asked of the compatibility table. */
export interface CompatQuestion {
  /** Only releases of this line. */
  line?: string;
  /** Only this release. */
  release?: string;
  /** Whether each fits this kernel. */
  kernel?: string;
}

const FIT = {
  inside: 'fits',
  above: 'kernel is too new',
  below: 'kernel is too old',
  unknown: 'unknown',
} as const;

/** The answer to a question, as it is printed with `--json`; releases newest first. */
export function compatAnswer({ table, path, shipped }: ReadTable, question: CompatQuestion) {
  const { line, release, kernel } = question;
  const asked = table.releases
    .filter(({ version }) => line == null || lineOf(version) === line)
    .filter(({ version }) => release == null || version === release)
    .map((one) => ({
      ...one,
      line: lineOf(one.version),
      ...(kernel && { fits: standingOf(kernel, one) === 'inside' }),
    }));
  const { date, origin } = table;
  const newest = newestPerLine(asked).map(({ version }) => version);
  return { date, origin, file: path, shipped, ...question, newest, releases: asked };
}

/** The answer for people. */
export function compatText(
  answer: ReturnType<typeof compatAnswer>,
  findings: readonly Finding[],
  { style, now }: Pick<Context, 'style' | 'now'>,
): string {
  const { kernel, shipped, file, date, origin, releases } = answer;
  const place = shipped ? 'comes with lockstep' : file;
  const rows = releases.map((one) => [
    `  ${one.version}`,
    one.date ?? '',
    describeRange(one),
    kernel ? FIT[standingOf(kernel, one)] : '',
    one.from,
  ]);
  const head = `OpenZFS and the kernels that it supports, as of ${date}, ${age(date, now())}`;
  const from = table([[`  ${place}; ${origin}`]], style);
  const lines = [head, from, ...(rows.length > 0 ? [table(rows, style)] : [])];
  if (kernel) lines.push(`fits Linux ${kernel}: ${newestFitting(releases)}`);
  return [...lines, ...findings.flatMap(findingLines)].join('\n');
}

/** The newest release of each line that fits. */
function newestFitting(releases: readonly { version: string; fits?: boolean }[]): string {
  const fitting = newestPerLine(releases.filter(({ fits }) => fits));
  return fitting.map(({ version }) => version).join(', ') || 'none';
}

/** What a refresh came to, for people. */
export function refreshText({ table, added, skipped }: Refreshed, path: string, counts: boolean) {
  const left = skipped.map(({ version, why }) => `  left out ${version}: ${why}`);
  const where = counts
    ? 'it counts in this project, instead of the table that comes with lockstep'
    : 'it counts where it is called lockstep.compat.json and lies in the folder of a project';
  const sum = `${path}: ${table.releases.length} releases, ${added.length} of them new`;
  return [sum, ...left, where].join('\n');
}
