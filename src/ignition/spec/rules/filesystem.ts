import type { Report } from '../../schema/rules.ts';
import type { Filesystem, Raid } from '../config.ts';
import { optionalPathProblem, pathProblem } from './path.ts';

/** Longest label of each format, in bytes: what its mkfs takes. */
const LABEL_LENGTH: Record<string, number> = { ext4: 16, btrfs: 256, xfs: 12, swap: 15, vfat: 11 };

/** Rules of filesystems. `formats` are those that the version knows. */
export function filesystemRules(formats: readonly string[]) {
  return {
    Filesystem(filesystem: Filesystem, report: Report): void {
      report.error(['path'], optionalPathProblem(filesystem.path));
      report.error(['device'], pathProblem(filesystem.device));
      report.error(['format'], formatProblem(filesystem, formats));
      report.error(['label'], labelProblem(filesystem));
    },
  };
}

function formatProblem(filesystem: Filesystem, formats: readonly string[]): string | undefined {
  const { format, path, label, uuid, wipeFilesystem, mountOptions, options } = filesystem;
  if (format)
    return formats.includes(format) ? undefined : `the format must be one of ${formats.join(', ')}`;
  const described = path || label || uuid || wipeFilesystem || mountOptions?.length;
  return described || options?.length ? 'a filesystem that is described needs a format' : undefined;
}

function labelProblem({ label, format }: Filesystem): string | undefined {
  if (!label) return undefined;
  if (!format) return 'a label needs a format';
  const length = Object.hasOwn(LABEL_LENGTH, format) ? LABEL_LENGTH[format] : undefined;
  return length != null && Buffer.byteLength(label) > length
    ? `a label of ${format} has at most ${length} bytes`
    : undefined;
}

const WITHOUT_SPARES = ['linear', 'raid0', '0', 'stripe'];
const WITH_SPARES = 'raid1 1 mirror raid4 4 raid5 5 raid6 6 raid10 10'.split(' ');

export const raidRules = {
  Raid({ level, spares, devices }: Raid, report: Report): void {
    report.error(['level'], levelProblem(level, spares));
    if (!devices?.length) report.error(['devices'], 'an array needs devices');
    for (const [index, device] of (devices ?? []).entries())
      report.error(['devices', index], pathProblem(device));
  },
};

function levelProblem(level: string | undefined, spares: number | undefined): string | undefined {
  if (!level) return 'a level is needed';
  if (WITHOUT_SPARES.includes(level)) return spares ? `${level} has no spares` : undefined;
  return WITH_SPARES.includes(level) ? undefined : 'this is no level of an array';
}
