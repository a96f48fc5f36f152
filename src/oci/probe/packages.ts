import { nameOf, parentOf } from '../../file/path.ts';
import type { Reader } from '../repository.ts';
import type { OpenImage } from '../tree/image.ts';
import { searchImage } from '../tree/search.ts';
import type { ProbeQuestion } from './question.ts';

export type CacheLayout = 'lockstep' | 'akmods' | 'fedora-zfs-kmods';

/** What the file names of a cache say. */
export interface CachedPackages {
  layout?: CacheLayout;
  /** Paths of the module's packages; when one is for the kernel, that one. */
  packages: string[];
  /** Set when one of the packages is for the kernel that was asked for. */
  kernel?: string;
  version?: string;
}

const FEDORA_ZFS_KMODS = 'io.github.samhclark.fedora-zfs-kmods.';

/** Who made a cache, by the labels of its config. */
export function layoutOf(labels: Record<string, string>): CacheLayout | undefined {
  if (Object.keys(labels).some((name) => name.startsWith(FEDORA_ZFS_KMODS)))
    return 'fedora-zfs-kmods';
  return labels['ostree.linux'] === undefined ? undefined : 'akmods';
}

/**
 * Looks for `kmod-<module>-<kernel>-<version>-<release>.<arch>.rpm` where caches keep what is
 * installed, and stops at the first that fits. Such a name cannot be taken apart, as a release
 * holds dashes too; but with the kernel known what follows it can.
 */
export async function cachedPackages(
  reader: Reader,
  image: OpenImage,
  question: ProbeQuestion,
): Promise<CachedPackages> {
  const { module, kernel } = question;
  const prefix = `kmod-${module}-`;
  const packages: string[] = [];
  let layout: CacheLayout | undefined;
  let other: CachedPackages | undefined;
  for await (const { path, header } of searchImage(reader, image, (name) =>
    isInstalled(name, prefix),
  )) {
    if (header.type !== 'file' && header.type !== 'hardlink') continue;
    packages.push(path);
    layout = parentOf(path) === '' ? 'fedora-zfs-kmods' : 'akmods';
    const version = versionIn(nameOf(path), `${prefix}${kernel}-`);
    if (version === undefined) continue;
    const found = { layout, packages: [path], kernel, version };
    if (question.version === undefined || question.version === version) return found;
    other = found;
  }
  return other ?? { ...(layout ? { layout } : {}), packages: packages.sort() };
}

/** At the root, or under `rpms/kmods`; not what lies beside it for debugging or building. */
function isInstalled(path: string, prefix: string): boolean {
  const name = nameOf(path);
  if (!name.startsWith(prefix) || !name.endsWith('.rpm') || name.endsWith('.src.rpm')) return false;
  const folder = parentOf(path);
  return (
    folder === '' ||
    (/^rpms\/kmods(?:\/[\w-]+)?$/.test(folder) && !/\/(?:debug|devel|other|src)$/.test(folder))
  );
}

/** The version in `<prefix><version>-<release>.<arch>.rpm`. */
function versionIn(name: string, prefix: string): string | undefined {
  if (!name.startsWith(prefix)) return undefined;
  return /^([^-]+)-[^-]+\.[^.-]+\.rpm$/.exec(name.slice(prefix.length))?.[1];
}
