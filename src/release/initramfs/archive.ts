import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { cpioEnd, cpioEntry } from '../../file/cpio-write.ts';
import { aDirectory, type RootFile, type RootFiles } from './root-files.ts';

/**
 * Writes a root as an initramfs: an archive that appears whole, the same for the same files, as one
 * zstd frame when asked for. Times are those of 1970, folders that nobody named are root's.
 */
export async function writeInitramfs(
  path: string,
  root: RootFiles,
  { compress }: { compress: boolean },
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.new`;
  try {
    const file = await open(partial, 'w');
    const content = Readable.from(entriesOf(root));
    const zstd = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 9 } });
    await (compress
      ? pipeline(content, zstd, file.createWriteStream())
      : pipeline(content, file.createWriteStream()));
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

async function* entriesOf(root: RootFiles): AsyncGenerator<Uint8Array> {
  let inode = 1;
  for (const [path, file] of inOrder(root)) {
    const { mode, uid, gid, device } = file;
    yield cpioEntry(
      { path, mode, uid, gid, inode: inode++, ...(device && { device }) },
      await bytesOf(file),
    );
  }
  yield cpioEnd();
}

/** Folders before what lies in them; the first is the root, which everybody could write to otherwise. */
function inOrder(root: RootFiles): [string, RootFile][] {
  const all: RootFiles = new Map([['.', aDirectory()], ...root]);
  for (const path of root.keys())
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1))
      if (!all.has(path.slice(0, at))) all.set(path.slice(0, at), aDirectory());
  return [...all].sort(([a], [b]) => (a === '.' || (b !== '.' && a < b) ? -1 : 1));
}

/** The bytes of one file. */
export async function bytesOf({ content }: RootFile): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content;
  const { file, offset, size } = content;
  if (size === 0) return new Uint8Array();
  if (offset === 0) return readFile(file);
  return Buffer.concat(
    await createReadStream(file, { start: offset, end: offset + size - 1 }).toArray(),
  );
}
