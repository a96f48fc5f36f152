import { z } from 'zod';
import type { Finding } from '../../system/finding.ts';
import type { KernelRange } from '../module-source.ts';
import { statesRange } from './tag-meta.ts';
import { compareVersions, isReleaseVersion } from './version.ts';

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'must be a day: 2026-08-21');
const kernel = z.string().regex(/^\d{1,3}\.\d{1,4}$/, 'must be a kernel version: 6.18');

/** One line of the table. */
export const TableRelease = z
  .strictObject({
    version: z.string().refine(isReleaseVersion, 'must be the version of a release: 2.4.4'),
    date: day.optional(),
    /** Kernels that META states, both inclusive. */
    min: kernel.optional(),
    max: kernel,
    /** Where that was read. */
    from: z.string().min(1).max(200),
  })
  .refine(statesRange, 'states a maximum that no kernel has');

/** Version 1 of the compatibility table: which kernels each release of OpenZFS supports. */
export const CompatTableV1 = z
  .strictObject({
    schema_version: z.literal(1),
    /** Releases up to this day are in it. */
    date: day,
    origin: z.string().min(1).max(300),
    releases: z.array(TableRelease).max(10_000),
  })
  .refine(
    ({ releases }) => new Set(releases.map(({ version }) => version)).size === releases.length,
    'lists a release twice',
  );

export type CompatTable = z.infer<typeof CompatTableV1>;
export type TableRelease = z.infer<typeof TableRelease>;

/** The kernels that a release supports; undefined, which is a no, for one that is not listed. */
export function rangeOfRelease(table: CompatTable, version: string): KernelRange | undefined {
  const found = table.releases.find((one) => one.version === version);
  return found && { ...(found.min && { min: found.min }), max: found.max };
}

/** What a check says of a release that the table does not list. */
export function unknownRelease(table: CompatTable, version: string): Finding {
  return {
    rule: 'release-unknown',
    severity: 'error',
    message: `the compatibility table of ${table.date} does not know OpenZFS ${version}`,
    found: version,
    hint: 'ask upstream what it supports with: lockstep compat refresh',
  };
}

/** A table of these releases, highest version first. */
export function compatTable(
  releases: readonly TableRelease[],
  { date, origin }: Pick<CompatTable, 'date' | 'origin'>,
): CompatTable {
  const ordered = [...releases].sort((a, b) => compareVersions(b.version, a.version));
  return { schema_version: 1, date, origin, releases: ordered };
}
