import { mapConcurrently } from '../../system/concurrency.ts';
import type { Finding } from '../../system/finding.ts';
import { BLOCK_SIZE, type BlockName, letGo } from '../block/codec.ts';
import { walkInodes } from '../manifest/entries.ts';
import { requirePlace } from '../manifest/place.ts';
import { type Inode, type Manifest, typeOf } from '../manifest/rows.ts';
import { writeManifest } from '../manifest/write.ts';
import { routesTold } from '../store/address.ts';
import { openStores, type StoreOptions } from '../store/open.ts';
import { type Route } from '../store/route.ts';
import { attributesBelow, attributesFinding } from './attributes.ts';
import { type BlockTask, type EncodeCrew, startEncodeCrew } from './encode-crew.ts';
import { type KnownBlocks, knownBlocks } from './known.ts';
import { oddities } from './oddities.ts';
import { type Scanned, scanTree } from './scan.ts';
import { type BlockSink, openSink } from './sink.ts';

export interface PackOptions extends StoreOptions {
  /** What the manifest tells instead of the stores: where machines read. */
  routes?: readonly Route[];
  /** Leave passwords in the routes that the manifest tells (default: they are taken out). */
  keepPasswords?: boolean;
  /**
   * Seconds since 1970 that everything has in the manifest, instead of times of its own: the same
   * content then gives the same manifest, whenever its files were written.
   */
  time?: number;
  /** Where programs are looked for (default: the caller's own). */
  env?: NodeJS.ProcessEnv;
  /** Called after each file, with bytes done and bytes in all. */
  onProgress?: (done: number, all: number) => void;
}

/** What packing did. */
export interface Packed {
  manifest: Manifest;
  /** Blocks that were sent. */
  stored: number;
  /** Blocks that were there already. */
  reused: number;
  findings: Finding[];
}

/** How many batches of blocks are read, encoded and stored at a time. */
const AT_ONCE = 16;
/** Blocks and bytes of a batch: small files are not worth a message each. */
const BATCH = { blocks: 32, bytes: 2 * BLOCK_SIZE };

/**
 * Packs a folder: its blocks go to every store that is for them, then the manifest is written.
 * Killed, it leaves no manifest, and the next call sends only what is not stored yet.
 */
export async function packFolder(
  {
    folder,
    manifest: path,
    stores,
  }: { folder: string; manifest: string; stores: readonly Route[] },
  options: PackOptions,
): Promise<Packed> {
  await requirePlace(path);
  const { inodes, hardLinks } = scanTree(folder);
  const attributes = attributesBelow(folder, { env: options.env, signal: options.retry?.signal });
  // Packing may fail first; then nobody waits for it.
  attributes.catch(() => undefined);
  const expected = inodes.reduce((sum, inode) => sum + blocksOf(inode), 0);
  const sink = openSink(openStores(stores, { ...options, expected }));
  const blocks = await storeBlocks(inodes, { sink, known: knownBlocks(path), options });
  const routes = options.routes ?? routesTold(stores, options);
  const manifest = { inodes: inodes.map(timesOf(options)), blocks, tags: {}, routes };
  await writeManifest(path, manifest);
  return {
    manifest,
    ...sink.counts(),
    findings: [...oddities(inodes, hardLinks), ...attributesFinding(await attributes)],
  };
}

const timesOf =
  ({ time }: PackOptions) =>
  (inode: Scanned): Scanned =>
    time == null ? inode : { ...inode, ctime: time, mtime: time };

interface Work {
  sink: BlockSink;
  known: KnownBlocks;
  options: PackOptions;
}

async function storeBlocks(
  inodes: readonly Scanned[],
  { sink, known, options }: Work,
): Promise<Map<number, BlockName[]>> {
  const files = walkInodes(inodes).filter(({ inode }) => typeOf(inode.mode) === 'file');
  const paths = new Map(inodes.map(({ ino, path }) => [ino, path]));
  const kept = new Map<number, readonly BlockName[]>();
  await mapConcurrently(files, AT_ONCE, async ({ path, inode }) => {
    const names = known(path, inode);
    if (names && (await sink.holdsAll(names))) kept.set(inode.ino, names);
  });
  const left = files.filter(({ inode }) => !kept.has(inode.ino)).map(({ inode }) => inode);
  const tasks = left.flatMap((inode) => tasksOf(inode, paths.get(inode.ino) ?? ''));
  await using crew = startEncodeCrew();
  const fresh = await encodeAll(tasks, { sink, crew, options });
  return inOrder(
    files.map(({ inode }) => inode),
    kept,
    fresh,
  );
}

interface FileBlock extends BlockTask {
  ino: number;
}

function blocksOf({ mode, size }: Inode): number {
  return typeOf(mode) === 'file' ? Math.ceil(size / BLOCK_SIZE) : 0;
}

function tasksOf(inode: Inode, path: string): FileBlock[] {
  const { ino, size, mtime } = inode;
  return Array.from({ length: blocksOf(inode) }, (_, block) => {
    const at = block * BLOCK_SIZE;
    return { ino, path, at, length: Math.min(BLOCK_SIZE, size - at), size, mtime };
  });
}

async function encodeAll(
  tasks: readonly FileBlock[],
  { sink, crew, options }: { sink: BlockSink; crew: EncodeCrew; options: PackOptions },
): Promise<Map<number, BlockName[]>> {
  const all = tasks.reduce((sum, { length }) => sum + length, 0);
  let done = 0;
  const encoded = await mapConcurrently(batches(tasks), AT_ONCE, async (batch) => {
    options.retry?.signal?.throwIfAborted();
    const found = await crew.encode(batch);
    const names: BlockName[] = [];
    for (const { id, key, stored } of found) {
      await sink.store({ id, key, stored });
      letGo(stored);
      names.push({ id, key });
    }
    done += batch.reduce((sum, { length }) => sum + length, 0);
    options.onProgress?.(done, all);
    return names;
  });
  const names = encoded.flat();
  const blocks = new Map<number, BlockName[]>();
  for (const [at, { ino }] of tasks.entries()) {
    const name = names[at];
    if (name) blocks.set(ino, [...(blocks.get(ino) ?? []), name]);
  }
  return blocks;
}

function batches(tasks: readonly FileBlock[]): FileBlock[][] {
  const found: FileBlock[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const task of tasks) {
    const last = found.at(-1);
    if (!last || last.length >= BATCH.blocks || bytes + task.length > BATCH.bytes) {
      found.push([task]);
      bytes = task.length;
    } else {
      last.push(task);
      bytes += task.length;
    }
  }
  return found;
}

/** Blocks of each file, the files in the order of their numbers: the same tree gives the same rows. */
function inOrder(
  files: readonly Inode[],
  ...known: ReadonlyMap<number, readonly BlockName[]>[]
): Map<number, BlockName[]> {
  const blocks = new Map<number, BlockName[]>();
  for (const { ino } of [...files].sort((one, other) => one.ino - other.ino)) {
    const names = known.map((map) => map.get(ino)).find((found) => found != null);
    if (names && names.length > 0) blocks.set(ino, [...names]);
  }
  return blocks;
}
