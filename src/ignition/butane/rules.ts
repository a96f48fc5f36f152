import type { Report, Rules } from '../schema/rules.ts';
import type { SpecVersion } from '../spec/version.ts';
import { type BootJudgement, bootDeviceRules } from './boot-rules.ts';
import { checkChild } from './child.ts';
import type {
  ButaneConfig,
  ButaneFilesystem,
  ButaneResource,
  ButaneTree,
  Contents,
  GrubUser,
  Quadlet,
} from './config.ts';
import { looksDecimal } from './mode.ts';
import { templateOf } from './quadlets.ts';

/** In what the variants and versions of Butane judge differently. */
export interface ButaneJudgement {
  /** Documents that are embedded to be merged or to replace this one are judged by this version. */
  child?: SpecVersion;
  /** Swap is mounted nowhere, so that it needs no path. */
  swap: boolean;
  /** What the variant says of the boot disk. */
  boot?: BootJudgement;
  /** Mounts must lie where the system lets them: below /etc and /var. */
  mountPoints: boolean;
}

/** All rules of a version of Butane, for what is not judged as Ignition afterwards. */
export function butaneRules(judgement: ButaneJudgement): Rules {
  return {
    Resource: (resource: ButaneResource, report: Report) => {
      const given = (['local', 'inline', 'source'] as const).filter((key) => resource[key] != null);
      if (given.length > 1)
        report.error([given.at(-1) ?? ''], 'give one of inline, local and source');
      else if (judgement.child && resource.inline != null && isChild(report))
        checkChild(resource.inline, { report, version: judgement.child });
    },
    Filesystem: (filesystem: ButaneFilesystem, report: Report) =>
      mount(filesystem, judgement, report),
    Directory: ({ mode }: { mode?: number }, report: Report) =>
      decimal(mode, { directory: true, report }),
    File: ({ mode }: { mode?: number }, report: Report) =>
      decimal(mode, { directory: false, report }),
    Tree: ({ local }: ButaneTree, report: Report) => {
      if (!local) report.error([], 'a tree needs local, the folder that it comes from');
    },
    Unit: contents,
    Dropin: contents,
    Quadlet: quadlet,
    Config: (config: ButaneConfig, report: Report) => whole(config, judgement, report),
    GrubUser: ({ name, password_hash }: GrubUser, report: Report) => {
      if (!name) report.error(['name'], 'a user needs a name');
      if (!password_hash) report.error(['password_hash'], 'a user needs a password_hash');
    },
    ...(judgement.boot && bootDeviceRules(judgement.boot)),
  };
}

function isChild({ path }: Report): boolean {
  return path[0] === 'ignition' && path[1] === 'config';
}

function mount(filesystem: ButaneFilesystem, { swap }: ButaneJudgement, report: Report): void {
  const { with_mount_unit, format, path } = filesystem;
  if (!with_mount_unit) return;
  if (!format) report.error(['format'], 'a mount unit needs a format');
  const needsPath = swap ? format && format !== 'swap' : true;
  if (needsPath && !path) report.error(['path'], 'a mount unit needs a path');
}

function decimal(
  mode: number | undefined,
  { directory, report }: { directory: boolean; report: Report },
): void {
  if (mode != null && looksDecimal(mode, directory))
    report.warn(['mode'], `the mode looks as if it was meant in octal: 0${mode}`);
}

function contents(unit: Contents, report: Report): void {
  if (unit.contents != null && unit.contents_local != null)
    report.error(['contents_local'], 'give contents or contents_local, not both');
}

const QUADLET = /\.(?:container|volume|network|kube|image|build|pod|artifact)$/;

function quadlet(quadlet: Quadlet, report: Report): void {
  contents(quadlet, report);
  const { name = '' } = quadlet;
  const given = (['contents', 'contents_local'] as const).find((key) => quadlet[key] != null);
  if (templateOf(name) && given)
    report.error([given], 'an instance of a template has the contents of its template');
  if (!QUADLET.test(name)) report.error(['name'], 'this is no name of a quadlet');
}

/** The disk that the system boots from, under a name that the first boot gives it. */
const BOOT_DISK = '/dev/disk/by-id/coreos-boot-disk';

function whole(config: ButaneConfig, { mountPoints }: ButaneJudgement, report: Report): void {
  if (!mountPoints) return;
  const { disks = [], filesystems = [] } = config.storage ?? {};
  const mirrored = config.boot_device?.mirror?.devices ?? [];
  for (const [at, { device = '', wipe_table, partitions = [] }] of disks.entries()) {
    if (device === BOOT_DISK || wipe_table || mirrored.includes(device)) continue;
    for (const [index, { number, label }] of partitions.entries()) {
      if (!number && label != null)
        report.warn(
          ['storage', 'disks', at, 'partitions', index, 'number'],
          'a partition is found again by its number only, unless the table is wiped',
        );
    }
  }
  for (const [index, { path, with_mount_unit }] of filesystems.entries()) {
    if (path != null && with_mount_unit && !/^\/(?:etc|var)(?:\/|$)/.test(path))
      report.error(['storage', 'filesystems', index, 'path'], 'mounts must lie below /etc or /var');
  }
}
