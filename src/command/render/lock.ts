import type { Inputs } from '../../release/inputs/inputs.ts';
import { type LockSummary, summaryOf } from '../../release/lock/summary.ts';
import type { Style } from '../text/style.ts';
import { table } from '../text/table.ts';

/** What inputs pin, for people; with `packages` each of them by name and version. */
export function showLocked(inputs: Inputs, options: { style: Style; packages?: true }): string {
  const { style, packages } = options;
  const summary = summaryOf(inputs);
  const { stream, digest, modules, image, tools } = summary;
  const rows = [
    [stream, digest],
    ['  configuration', summary.config],
    ...summary.kernels.map((kernel) => ['  kernel', kernel]),
    ['  base', baseText(summary)],
    ['  builder', builderText(summary)],
    ...modules.flatMap(moduleRows),
    ['  image', `${image.packages.count} packages on top of the base${overlayText(image)}`],
    [
      '  tools',
      Object.entries(tools)
        .map((entry) => entry.join(' '))
        .join(', '),
    ],
  ];
  return [table(rows, style), ...(packages ? packageLists(inputs, style) : [])].join('\n');
}

function baseText({ base, osVersion }: LockSummary): string {
  if (base.suite == null) {
    const named = [base.version, base.tag && `tag ${base.tag}`].filter(Boolean).join(', ');
    return `${base.reference}@${base.digest}${named ? ` (${named})` : ''}`;
  }
  const { suite, packages, kernelPackage } = base;
  return `${suite} (Debian ${osVersion}), kernel package ${kernelPackage.version}, ${packages.count} packages`;
}

function builderText({ builder }: LockSummary): string {
  if (!builder) return 'none: nothing is built';
  const image = builder.reference && `${builder.reference}@${builder.digest}, `;
  return `${image ?? ''}${builder.compiler}, ${builder.packages.count} packages`;
}

function overlayText({ overlay }: LockSummary['image']): string {
  return overlay ? `, overlay ${overlay}` : '';
}

function moduleRows(module: LockSummary['modules'][number]): string[][] {
  const { name, version, options, images = [], files } = module;
  return [
    [`  ${name}`, [version, ...options].join(', ')],
    ...images.map(({ reference, digest }) => ['    taken from', `${reference}@${digest}`]),
    ...files.map((file) => [`    ${file.name}`, `sha256:${file.sha256}`]),
  ];
}

function packageLists(inputs: Inputs, style: Style): string[] {
  const sets = Object.entries({
    ...(inputs.family === 'debian' && { base: inputs.base.packages }),
    ...(inputs.builder && { builder: inputs.builder.packages }),
    image: inputs.image.packages,
  });
  return sets.flatMap(([name, { packages }]) => {
    const rows = packages.map((one) => [`    ${one.name}`, one.version, one.architecture]);
    return rows.length > 0 ? [`  packages of the ${name}`, table(rows, style)] : [];
  });
}
