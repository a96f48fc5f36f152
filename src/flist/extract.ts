import { createWriteStream } from 'node:fs';
import { chmod, lchown, lstat, lutimes, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { encodeName } from '../file/name.ts';
import { parentOf, pathInside } from '../file/path.ts';
import { globMatcher } from '../file/path-glob.ts';
import { mapConcurrently } from '../system/concurrency.ts';
import { LockstepError } from '../system/error.ts';
import type { Finding } from '../system/finding.ts';
import { runOk } from '../system/process.ts';
import { contentOf } from './content.ts';
import type { FlistEntry } from './manifest/entries.ts';
import type { BlockSource } from './store/source.ts';

export interface ExtractOptions {
  /** Owners, devices and set-id bits too; only root may give them. */
  preserve?: boolean;
  signal?: AbortSignal;
}

export interface Extracted {
  files: number;
  findings: Finding[];
}

const AT_ONCE = 8;

/**
 * Writes entries of a flist into a folder, with permissions and times. Nothing that is there is
 * replaced, and nothing is written through a link. Throws `conflict` for what is in the way.
 */
export async function extractEntries(
  entries: readonly FlistEntry[],
  { folder, source }: { folder: string; source: BlockSource },
  options: ExtractOptions = {},
): Promise<Extracted> {
  await mkdir(folder, { recursive: true });
  const of = (...types: FlistEntry['type'][]) => entries.filter(({ type }) => types.includes(type));
  for (const { path } of of('directory')) await makeFolder(pathInside(folder, path));
  await mapConcurrently(of('file'), AT_ONCE, async (entry) => {
    options.signal?.throwIfAborted();
    const place = pathInside(folder, entry.path);
    await writeFresh(place, contentOf(entry, source));
    await restore(entry, place, options);
  });
  const findings = await makeSpecial(of('char', 'block', 'fifo', 'socket'), folder, options);
  for (const entry of of('symlink')) {
    const place = pathInside(folder, entry.path);
    await symlink(encodeName(entry.linkTarget ?? ''), place).catch(inTheWay(place));
    await restore(entry, place, options);
  }
  // Writing into a folder changes its time, and a folder may deny writing: the deepest first, at last.
  for (const entry of of('directory').toReversed())
    await restore(entry, pathInside(folder, entry.path), options);
  return { files: of('file').length, findings };
}

/** The entries whose paths match (path-glob.ts), with the folders that lead to them. */
export function chooseEntries(
  entries: readonly FlistEntry[],
  pattern: string,
): readonly FlistEntry[] {
  if (pattern === '**') return entries;
  const matches = globMatcher(pattern);
  const wanted = new Set<string>();
  for (const { path } of entries) {
    if (!matches(path)) continue;
    for (let at = path; at !== '' && !wanted.has(at); at = parentOf(at)) wanted.add(at);
  }
  return entries.filter(({ path }) => wanted.has(path));
}

/** Writes a file that was not there; nothing of one that cannot be had whole stays. */
async function writeFresh(place: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await pipeline(content, createWriteStream(place, { flags: 'wx' }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(place, { force: true });
    inTheWay(place)(error as Error);
  }
}

/** A link that stands where a folder must be would lead what is written elsewhere. */
async function makeFolder(place: string): Promise<void> {
  await mkdir(place).catch(async (error: NodeJS.ErrnoException) => {
    const stats = error.code === 'EEXIST' ? await lstat(place) : undefined;
    if (!stats?.isDirectory()) inTheWay(place)(error);
  });
}

async function restore(
  { type, uid, gid, mode, mtime }: FlistEntry,
  place: string,
  { preserve }: ExtractOptions,
): Promise<void> {
  if (preserve) await lchown(place, uid, gid);
  // After the owner: giving a file away takes its set-id bits.
  if (type !== 'symlink') await chmod(place, preserve ? mode : mode & 0o777);
  // Node takes a negative number for now, but not its text.
  const time = mtime < 0 ? String(mtime) : mtime;
  await lutimes(place, time, time);
}

async function makeSpecial(
  entries: readonly FlistEntry[],
  folder: string,
  options: ExtractOptions,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const entry of entries) {
    const args = options.preserve ? mknodArguments(entry) : undefined;
    if (!args) {
      const why = entry.type === 'socket' ? 'a socket is made by its program' : 'made with -p';
      const message = `${entry.path} (${entry.type}) was left out: ${why}`;
      findings.push({ rule: 'special-file', severity: 'warning', message });
      continue;
    }
    const place = pathInside(folder, entry.path);
    await runOk('mknod', [place, ...args]).catch(inTheWay(place));
    await restore(entry, place, options);
  }
  return findings;
}

function mknodArguments({ type, major = 0, minor = 0 }: FlistEntry): string[] | undefined {
  if (type === 'fifo') return ['p'];
  if (type === 'char') return ['c', String(major), String(minor)];
  return type === 'block' ? ['b', String(major), String(minor)] : undefined;
}

function inTheWay(place: string): (error: Error) => never {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new LockstepError('conflict', `${join(dirname(place))} holds ${place} already`, {
      context: { path: place },
      hint: 'extract into an empty folder',
    });
  };
}
