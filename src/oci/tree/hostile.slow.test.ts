import { Readable } from 'node:stream';
import { constants, createGzip, createZstdCompress, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeTarHeader, tarEntryBytes } from '../../file/tar/write.ts';
import { memoryRepository } from '../memory.ts';
import { putImage, putIndex } from '../testing/image.ts';
import { openImage } from './image.ts';
import { openImageTree } from './tree.ts';

const MIB = 1 << 20;

async function compressed(
  pieces: Iterable<Uint8Array>,
  by: NodeJS.ReadWriteStream,
): Promise<Buffer> {
  const chunks = Readable.from(pieces).pipe(by) as unknown as AsyncIterable<Uint8Array>;
  return Buffer.concat(await Array.fromAsync(chunks));
}

/** An archive with one file of zeros. */
function* zeros(mebibytes: number): Generator<Uint8Array> {
  const size = mebibytes * MIB;
  yield encodeTarHeader({
    path: 'zeros',
    type: 'file',
    mode: 0,
    uid: 0,
    gid: 0,
    size,
    mtime: 0,
    nanoseconds: 0,
  });
  const page = Buffer.alloc(MIB);
  for (let count = 0; count < mebibytes; count++) yield page;
}

async function openingOf(layer: Buffer) {
  const repository = memoryRepository();
  const image = await putImage(repository, { layers: [layer] });
  const before = process.memoryUsage().rss;
  const error: unknown = await openImageTree(repository, image).catch((thrown: unknown) => thrown);
  return { error, grown: process.memoryUsage().rss - before };
}

describe('openImageTree with layers that are far larger inside', () => {
  it.each([
    ['gzip', () => compressed(zeros(1600), createGzip({ level: 9 }))],
    [
      'zstd',
      () =>
        compressed(
          zeros(1600),
          createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
        ),
    ],
  ])('stops a %s bomb in little memory', async (_, make) => {
    const { error, grown } = await openingOf(await make());
    expect(error).toMatchObject({ code: 'limit-exceeded' });
    expect(grown).toBeLessThan(300 * MIB);
  });

  it('stops at a million entries', async () => {
    const page = Buffer.concat(
      Array.from({ length: 1000 }, (_, index) => tarEntryBytes({ path: `f${index}` })),
    );
    function* pages() {
      for (let count = 0; count < 1100; count++) yield page;
    }
    const { error, grown } = await openingOf(await compressed(pages(), createGzip({ level: 1 })));
    expect(error).toMatchObject({ code: 'limit-exceeded' });
    expect(grown).toBeLessThan(600 * MIB);
  });

  it('stops at indexes that list indexes without end', async () => {
    const repository = memoryRepository();
    let root = await putImage(repository, { layers: [gzipSync(Buffer.alloc(1024))] });
    for (let depth = 0; depth < 6; depth++) root = await putIndex(repository, [root]);
    await expect(openImage(repository, root)).rejects.toMatchObject({ code: 'invalid-content' });
  });
});
