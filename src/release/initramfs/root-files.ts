import { createReadStream, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readTar, type TarEntry } from '../../file/tar/tar.ts';
import { LockstepError } from '../../system/error.ts';

/** Where the bytes of a file are: at hand, or in a file of this machine. */
export type RootContent = Uint8Array | { file: string; offset: number; size: number };

/** One file of a root: its mode with the type, as in `st_mode`; of a symlink the content is its target. */
export interface RootFile {
  mode: number;
  uid: number;
  gid: number;
  content: RootContent;
  /** Numbers of a device. */
  device?: readonly [major: number, minor: number];
}

/** The files of a root by path, without a leading slash. */
export type RootFiles = Map<string, RootFile>;

export const TYPE = { directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;
const TYPE_BITS = 0o170000;
const NOTHING = new Uint8Array();

export function hasType({ mode }: RootFile, type: keyof typeof TYPE): boolean {
  return (mode & TYPE_BITS) === TYPE[type];
}

/** A file of root's with these permissions. */
export function aFile(content: RootContent | string, permissions = 0o644): RootFile {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return { mode: TYPE.file | permissions, uid: 0, gid: 0, content: bytes };
}

export function aDirectory(permissions = 0o755): RootFile {
  return { mode: TYPE.directory | permissions, uid: 0, gid: 0, content: NOTHING };
}

export function aSymlink(target: string): RootFile {
  return { mode: TYPE.symlink | 0o777, uid: 0, gid: 0, content: Buffer.from(target) };
}

/**
 * Puts files into a root, over what is there. Where the root has a link for a folder (`lib` is
 * `usr/lib`) they go where it leads.
 */
export function putFiles(root: RootFiles, files: Iterable<readonly [string, RootFile]>): void {
  for (const [path, file] of files) {
    const place = placeIn(root, path);
    const there = root.get(place);
    const isBoth = hasType(file, 'directory') && there != null && hasType(there, 'symlink');
    if (!isBoth) root.set(place, file);
  }
}

/** The path with the links of its folders followed. Throws `invalid-content` for links in a circle. */
export function placeIn(root: RootFiles, path: string, links = 0): string {
  let place = '';
  for (const part of path.split('/')) {
    place = followed(root, place, links);
    place = place === '' ? part : `${place}/${part}`;
  }
  return place;
}

const MOST_LINKS = 40;

/** Where a path leads: itself, or the end of the links that stand there. */
export function followed(root: RootFiles, path: string, links = 0): string {
  const file = root.get(path);
  if (!file || !hasType(file, 'symlink')) return path;
  if (links > MOST_LINKS)
    throw new LockstepError('invalid-content', `links lead in a circle: ${path}`);
  const target = placeIn(root, targetOf(path, file), links + 1);
  return followed(root, target, links + 1);
}

function targetOf(place: string, { content }: RootFile): string {
  const target = Buffer.from(content as Uint8Array).toString();
  const start = target.startsWith('/') ? '' : place.slice(0, Math.max(place.lastIndexOf('/'), 0));
  return join('/', start, target).slice(1);
}

/** The files of a tar archive; contents stay in it until they are read. */
export async function filesOfTar(path: string): Promise<RootFiles> {
  const files: RootFiles = new Map();
  for await (const entry of readTar(createReadStream(path))) {
    const name = entry.header.path.replace(/^(?:\.?\/)+|^\.$/, '');
    if (name !== '') files.set(name, ofTar(entry, path, files));
  }
  return files;
}

const TAR_TYPES = {
  file: TYPE.file,
  hardlink: TYPE.file,
  symlink: TYPE.symlink,
  directory: TYPE.directory,
  character: 0o020000,
  block: 0o060000,
  fifo: 0o010000,
} as const;

function ofTar({ header, stored }: TarEntry, file: string, before: RootFiles): RootFile {
  const { type, uid, gid, linkPath = '', major = 0, minor = 0 } = header;
  const target = linkPath.replace(/^\.?\//, '');
  const content: RootContent =
    type === 'file'
      ? { file, offset: stored.offset, size: stored.size }
      : type === 'hardlink'
        ? (before.get(target)?.content ?? NOTHING)
        : Buffer.from(type === 'symlink' ? linkPath : '');
  return { mode: TAR_TYPES[type] | header.mode, uid, gid, content, device: [major, minor] };
}

/** What lies below a folder of this machine, as files of root's below `under`. */
export function* filesOfFolder(folder: string, under = ''): Generator<readonly [string, RootFile]> {
  for (const name of readdirSync(folder).sort()) {
    const [place, path] = [join(folder, name), under === '' ? name : `${under}/${name}`];
    const stats = lstatSync(place);
    if (stats.isDirectory()) {
      yield [path, aDirectory(stats.mode & 0o7777)];
      yield* filesOfFolder(place, path);
    } else if (stats.isSymbolicLink()) yield [path, aSymlink(readlinkSync(place))];
    else if (stats.isFile())
      yield [path, aFile({ file: place, offset: 0, size: stats.size }, stats.mode & 0o7777)];
  }
}
