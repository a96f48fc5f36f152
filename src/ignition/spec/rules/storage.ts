import type { Report } from '../../schema/rules.ts';
import type { Disk, Filesystem, Link, Storage } from '../config.ts';
import { cleanPath } from './path.ts';

export interface StorageRules {
  /** From 3.3 on a link without a target is refused. */
  needsTarget: boolean;
}

/** What files, directories, links, disks and filesystems mean to each other. */
export function storageRules({ needsTarget }: StorageRules) {
  return {
    Storage(storage: Storage, report: Report): void {
      const links = storage.links ?? [];
      throughLinks(storage, report);
      for (const [index, link] of links.entries()) {
        if (needsTarget && !link.target)
          report.error(['links', index, 'target'], 'a target is needed');
        else if (link.hard) hardLink({ link, index, storage }, report);
      }
      overDisks(storage, report);
    },
  };
}

function throughLinks(storage: Storage, report: Report): void {
  const links = (storage.links ?? []).map(({ path = '' }) => path);
  const known = new Set(links);
  for (const list of ['directories', 'files', 'links'] as const) {
    for (const [index, { path = '' }] of (storage[list] ?? []).entries()) {
      for (const link of above(path, known))
        for (const _ of links.filter((one) => one === link))
          report.error([list, index], `the path leads through the link ${link}`);
    }
  }
}

/** Links among the folders that a path leads through. */
function above(path: string, links: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    if (links.has(path.slice(0, at))) found.push(path.slice(0, at));
  }
  return found;
}

function hardLink(
  { link, index, storage }: { link: Link; index: number; storage: Storage },
  report: Report,
): void {
  const { path = '', target = '' } = link;
  const full = target.startsWith('/') ? cleanPath(target) : joined(path, target);
  for (const _ of storage.directories?.filter((directory) => directory.path === full) ?? [])
    report.error(['links', index], 'a hard link cannot lead to a directory');
  for (const owner of ['user', 'group'] as const) {
    for (const by of ['id', 'name'] as const) {
      if (link[owner]?.[by] != null)
        report.warn(['links', index, owner, by], `a hard link has no ${owner} of its own`);
    }
  }
}

/** As Go joins paths: of nothing and nothing comes nothing. */
function joined(path: string, target: string): string {
  const parts = [path, target].filter((part) => part !== '');
  return parts.length === 0 ? '' : cleanPath(parts.join('/'));
}

function overDisks({ disks = [], filesystems = [] }: Storage, report: Report): void {
  const byDevice = new Map<string | undefined, Disk>(disks.map((disk) => [disk.device, disk]));
  for (const [index, filesystem] of filesystems.entries()) {
    const disk = byDevice.get(filesystem.device);
    if (disk) report.warn(['filesystems', index, 'device'], wipeProblem(disk, filesystem));
  }
}

function wipeProblem(disk: Disk, { wipeFilesystem }: Filesystem): string | undefined {
  if (disk.partitions?.length) return 'the filesystem overwrites the partitions of this disk';
  return disk.wipeTable && !wipeFilesystem
    ? 'wiping the table of this disk wipes the filesystem too'
    : undefined;
}
