import { spawnSync } from 'node:child_process';
import { mkdir, statfs } from 'node:fs/promises';
import { LockstepError } from '../../system/error.ts';
import { runOk } from '../../system/process.ts';
import { letGo, openBlockCodec } from '../block/codec.ts';
import { hexOf } from '../manifest/blocks.ts';
import type { LoadedManifest } from '../manifest/load.ts';
import { type Manifest, permissionsOf, ROOT_INO } from '../manifest/rows.ts';
import { meetStores } from '../store/meet.ts';
import { openReaders } from '../store/open.ts';
import type { StoreConnection } from '../store/request.ts';
import { openBlockSource } from '../store/source.ts';
import { type BlockCache, openBlockCache } from './block-cache.ts';
import { type FetchBlock, openBlockReads } from './block-reads.ts';
import { openFuse } from './channel.ts';
import { requireOutside } from './outside.ts';
import { serveMount } from './server.ts';

export interface MountOptions extends StoreConnection {
  /** Folder that keeps blocks for the next mount. */
  cache: string;
  /** Bytes that it may hold. */
  cacheLimit: number;
  /** Told of each block that cannot be had. */
  onFault?: (message: string) => void;
}

/** A flist that is mounted. */
export interface Mounted {
  /** Ends when it is unmounted. */
  done: Promise<void>;
  unmount(): Promise<void>;
}

/** The type that mount(8) shows. */
export const MOUNT_TYPE = 'fuse.lockstep';

/**
 * Mounts a flist, read-only, for everybody. What a killed mount has left in the place is taken away
 * first. Throws `not-allowed` without the right to mount, `usage` for a cache or store in the place.
 */
export async function mountFlist(
  { manifest, path }: LoadedManifest,
  target: string,
  options: MountOptions,
): Promise<Mounted> {
  await clearPlace(target);
  await requireOutside(target, { cache: options.cache, routes: manifest.routes });
  const ended = new AbortController();
  const fetch = await fetcher(manifest, until(ended.signal, options));
  const fuse = openFuse();
  const root = manifest.inodes.find(({ ino }) => ino === ROOT_INO);
  mountDevice(fuse, { target, source: path, mode: permissionsOf(root?.mode ?? 0o755) });
  // Before it is mounted the device refuses to be read (EPERM).
  const { inodes, blocks } = manifest;
  const task = { fuse, manifest: { inodes, blocks }, cache: options.cache };
  const done = serveMount(task, openBlockReads(fetch)).finally(() => ended.abort());
  return { done, unmount: () => unmount(target) };
}

/** Unmounts now, or as soon as nobody uses it. Throws `program-failed`. */
export async function unmount(target: string): Promise<void> {
  await runOk('umount', [target]).catch(() => runOk('umount', ['-l', target]));
}

/** Nothing is fetched any more, and no fault told, when the mount has ended. */
function until(ended: AbortSignal, options: MountOptions): MountOptions {
  const { retry, onFault } = options;
  const signal = retry?.signal ? AbortSignal.any([retry.signal, ended]) : ended;
  return {
    ...options,
    retry: { ...retry, signal },
    onFault: (message) => {
      if (!ended.aborted) onFault?.(message);
    },
  };
}

async function fetcher(manifest: Manifest, options: MountOptions): Promise<FetchBlock> {
  const routes = openReaders(manifest.routes, options);
  void meetStores(routes, idsOf(manifest));
  const source = openBlockSource(routes, await openBlockCodec());
  const cache = await openBlockCache(options.cache, options.cacheLimit);
  const keep = keeper(cache, options);
  return async (block) => {
    const kept = await cache.get(block);
    if (kept) return kept;
    const read = await source.read(block, block.size);
    if ('fault' in read) {
      options.onFault?.(read.fault.message);
      return undefined;
    }
    letGo(read.stored);
    await keep(block, read.content);
    return read.content;
  };
}

function* idsOf({ blocks }: Manifest): Generator<string> {
  for (const names of blocks.values()) for (const { id } of names) yield hexOf(id);
}

/** Blocks that may wait for the disk while their readers go on. */
const WAITING = 8;

/** Puts blocks into the cache; those who have fetched them wait only when the disk falls behind. */
function keeper(cache: BlockCache, { onFault }: MountOptions): BlockCache['put'] {
  const waiting = new Set<Promise<void>>();
  return async (block, content) => {
    while (waiting.size >= WAITING) await Promise.race(waiting);
    const put = cache
      .put(block, content)
      .catch((error: Error) => onFault?.(error.message))
      .finally(() => waiting.delete(put));
    waiting.add(put);
  };
}

/**
 * A mount whose server was killed answers ENOTCONN until it is taken away. It is asked for the whole
 * file system: what stat(2) tells of its root the kernel may remember from when it lived.
 */
async function clearPlace(target: string): Promise<void> {
  for (;;) {
    const code = await statfs(target).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (code === 'ENOENT') await mkdir(target, { recursive: true });
    if (code !== 'ENOTCONN' && code !== 'ECONNABORTED') return;
    await runOk('umount', ['-l', target]);
  }
}

/** mount(8) gets the descriptor that it is to be served through (mount.fuse(8), `fd=`). */
function mountDevice(
  fuse: number,
  { target, source, mode }: { target: string; source: string; mode: number },
): void {
  const rootmode = (0o040000 | mode).toString(8);
  const options = `ro,fd=3,rootmode=${rootmode},user_id=0,group_id=0,allow_other,default_permissions`;
  const { status, stderr, error } = spawnSync(
    'mount',
    // The mount of busybox would look for a loop device for the path of a file.
    ['-i', '-t', MOUNT_TYPE, '-o', options, `flist:${source}`, target],
    { stdio: ['ignore', 'ignore', 'pipe', fuse], encoding: 'utf8' },
  );
  if (status === 0) return;
  throw new LockstepError(
    'not-allowed',
    `cannot mount on ${target}: ${(error?.message ?? stderr).trim()}`,
    {
      hint: 'mounting takes root, or a user namespace of your own: unshare -Urm',
    },
  );
}
