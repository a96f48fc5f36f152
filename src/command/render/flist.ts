import type { FlistDiff } from '../../flist/diff.ts';
import type { FlistEntry } from '../../flist/manifest/entries.ts';
import type { FlistSummary } from '../../flist/summary.ts';
import { permissions, printable } from './listing.ts';

const LETTERS = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  char: 'c',
  block: 'b',
  fifo: 'p',
  socket: 's',
} as const;

/** One line for a path: type and permissions, owner, size or device, path, and where a link leads. */
export function entryRow({ type, mode, uid, gid, size, path, ...rest }: FlistEntry): string {
  const link = rest.linkTarget === undefined ? '' : ` -> ${printable(rest.linkTarget)}`;
  const device = rest.major === undefined ? String(size) : `${rest.major},${rest.minor}`;
  const owner = `${uid}:${gid}`.padEnd(11);
  return `${LETTERS[type]}${permissions(mode)} ${owner} ${device.padStart(12)} ${printable(path)}${link}`;
}

/** What a flist holds, a line for each number. */
export function summaryLines(summary: FlistSummary): string[] {
  const { manifest, digest, files, directories, symlinks, others, bytes, blocks } = summary;
  return [
    `${manifest} ${digest}`,
    `${files} files, ${directories} folders, ${symlinks} links, ${others} others`,
    `${bytes} bytes in ${blocks} blocks`,
    ...summary.routes.map((route) => `route ${printable(route)}`),
    ...Object.entries(summary.tags).map(
      ([key, value]) => `tag ${printable(key)}=${printable(value)}`,
    ),
  ];
}

/** What differs, a line for each path. */
export function diffLines({ added, removed, changed }: FlistDiff): string[] {
  return [
    ...added.map((path) => `+ ${printable(path)}`),
    ...removed.map((path) => `- ${printable(path)}`),
    ...changed.map(({ path, what }) => `~ ${printable(path)} (${what.join(', ')})`),
  ];
}
