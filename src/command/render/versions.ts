import type { Survey } from '../../release/survey/answer.ts';
import type { KernelRange } from '../../source/module-source.ts';
import { describeRange } from '../../source/range.ts';
import type { Style } from '../text/style.ts';
import { table } from '../text/table.ts';

/** How many kernels and lines of releases are shown of many. */
const FEW = 10;

/** What upstream offers a stream, on one screen. */
export function showSurvey(survey: Survey, options: { style: Style; all?: true }): string {
  const { style, all } = options;
  const { stream, base, digest, tag, osVersion, kernel } = survey;
  const facts = [
    ['  base', base],
    ...(tag ? [['  tag', tag]] : []),
    ['  digest', digest],
    ['  OS version', osVersion],
    ['  kernel', `${kernel.release} (${kernel.majorMinor})`],
  ];
  const lists = [
    survey.modules.map((one) => [`  ${one.name}`, one.version, rangeText(one.range), fit(one)]),
    releaseRows(survey, all),
    kernelRows(survey, all),
  ];
  return [
    stream,
    table(facts, style),
    ...lists.filter((rows) => rows.length > 0).map((rows) => table(rows, style)),
    `  newest that fits: ${survey.newestFitting ?? 'none'}`,
  ].join('\n');
}

function kernelRows({ kernels }: Survey, all?: true): string[][] {
  return kernels
    .filter(({ followed }, at) => all || at >= kernels.length - FEW || followed)
    .map((one) => [
      `  ${one.release}`,
      ...(one.version ? [one.version] : []),
      one.fits ? 'fits' : `not supported by ${one.unsupportedBy.join(', ')}`,
      one.followed ? '<- followed' : '',
    ]);
}

function releaseRows({ releases }: Survey, all?: true): string[][] {
  return releases
    .slice(0, all ? undefined : FEW)
    .map((one) => [
      `  OpenZFS ${one.line}`,
      one.version,
      one.date ?? '',
      one.range ? rangeText(one.range) : 'not known',
      fit(one),
      one.followed ? `<- ${one.module}` : '',
    ]);
}

function fit({ fits }: { fits: boolean }): string {
  return fits ? 'fits' : 'does not fit';
}

function rangeText(range: KernelRange): string {
  return range.min || range.max ? describeRange(range) : 'states no range';
}
