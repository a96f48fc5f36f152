import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompressBytes } from '../../file/compression/compression.ts';
import { unzstdBytes } from '../../file/compression/zstd.ts';
import { writeTar } from '../../file/tar/write.ts';
import { bytesOf, chunksOf } from '../../file/testing/tar.ts';
import { digestOf } from '../../system/digest.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { readAll } from '../content.ts';
import { readManifest } from '../manifest.ts';
import { OCI_LAYER_GZIP, OCI_LAYER_ZSTD } from '../media-type.ts';
import { memoryRepository } from '../memory.ts';
import { putBlob } from '../testing/image.ts';
import { gzipLayer, type LayerFiles, putLayers, tarLayer } from '../testing/layers.ts';
import { openImageTree } from '../tree/tree.ts';
import { chunkImage } from './chunked-image.ts';
import { Crc64 } from './chunked-split.ts';
import { type ChunkedSummary, chunkedLayer } from './chunked-write.ts';
import { readToc } from './read.ts';

async function chunked(tar: Buffer, size = 65_536) {
  let summary: ChunkedSummary | undefined;
  const onEnd = (end: ChunkedSummary) => {
    summary = end;
  };
  const bytes = await bytesOf(chunkedLayer(chunksOf(tar, size), { onEnd, level: 1 }));
  if (!summary) throw new Error('no summary');
  return { bytes, summary };
}

const files: LayerFiles = {
  'usr/lib/': null,
  'usr/lib/a': 'content of a',
  'usr/lib/big': Buffer.alloc(5 << 20, 'some text that repeats '),
  'usr/lib/link': { to: 'a' },
  'usr/lib/hard': { same: 'usr/lib/a' },
  empty: '',
};

async function storeChunked(tar: Buffer) {
  const repository = memoryRepository();
  const { bytes, summary } = await chunked(tar);
  const blob = await putBlob(repository, OCI_LAYER_ZSTD, bytes);
  return { repository, blob, bytes, layer: { ...blob, annotations: summary.annotations } };
}

describe('chunkedLayer', () => {
  it('holds the archive byte for byte, whatever the split of chunks', async () => {
    const body = fc.uint8Array({ maxLength: 2000 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(body, { maxLength: 5 }),
        fc.integer({ min: 1, max: 5000 }),
        async (bodies, size) => {
          const tar = await bytesOf(
            writeTar(bodies.map((each, index) => ({ header: { path: `f${index}` }, body: each }))),
          );
          const { bytes, summary } = await chunked(tar, size);
          expect(Buffer.from(decompressBytes(bytes, 1 << 24)).equals(tar)).toBe(true);
          expect(summary.diffId).toBe(digestOf(tar));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('writes a table that says the same as the archive', async () => {
    const { repository, layer } = await storeChunked(tarLayer(files));
    const toc = await readToc(repository, layer);
    expect(toc).toMatchObject({ format: 'zstd:chunked', bound: true });
    expect(toc?.entries.map(({ header }) => [header.path, header.type, header.size])).toEqual([
      ['usr/lib', 'directory', 0],
      ['usr/lib/a', 'file', 12],
      ['usr/lib/big', 'file', 5 << 20],
      ['usr/lib/link', 'symlink', 0],
      ['usr/lib/hard', 'hardlink', 0],
      ['empty', 'file', 0],
    ]);
  });

  it('is read under the older names of its annotations too', async () => {
    const { repository, layer } = await storeChunked(tarLayer(files));
    const older = Object.entries(layer.annotations).map(([name, value]) => [
      name.replace('io.github.containers.', 'io.containers.'),
      value,
    ]);

    const toc = await readToc(repository, { ...layer, annotations: Object.fromEntries(older) });

    expect(toc).toMatchObject({ format: 'zstd:chunked', bound: true });
    expect(toc?.entries.map(({ place }) => place)).toEqual(
      (await readToc(repository, layer))?.entries.map(({ place }) => place),
    );
  });

  it('comes with what puts the same archive together again', async () => {
    const tar = tarLayer(files);
    const { bytes, summary } = await chunked(tar);
    const position =
      summary.annotations['io.github.containers.zstd-chunked.tarsplit-position'] ?? '';
    const [start = 0, size = 0, raw = 0] = position.split(':').map(Number);
    const lines = Buffer.from(unzstdBytes(bytes.subarray(start, start + size), raw)).toString();
    expect(lines).toHaveLength(raw);
    const parts: Buffer[] = [];
    let at = 0;
    for (const line of lines.trimEnd().split('\n')) {
      const entry = JSON.parse(line) as { type: number; payload: string | null; size?: number };
      const payload = Buffer.from(entry.payload ?? '', 'base64');
      const part = entry.type === 2 ? payload : tar.subarray(at, at + (entry.size ?? 0));
      if (entry.type === 1 && entry.size) {
        const crc = new Crc64();
        crc.update(part);
        expect(crc.digest()).toEqual(payload);
      }
      parts.push(part);
      at += part.length;
    }
    expect(Buffer.concat(parts).equals(tar)).toBe(true);
  });

  it('leaves the table out when an archive has names that JSON cannot hold', async () => {
    const tar = tarLayer({ 'caf\udce9': 'x' });
    const { bytes, summary } = await chunked(tar);
    expect(summary).toEqual({ annotations: {}, diffId: digestOf(tar) });
    expect(Buffer.from(decompressBytes(bytes, 1 << 24)).equals(tar)).toBe(true);
  });

  it('leaves the table out when a file is sparse', async () => {
    await using folder = await temporaryFolder();
    execFileSync('sh', ['-c', 'truncate -s 5M f; echo x >> f; tar --sparse --format=pax -cf t f'], {
      cwd: folder.path,
    });
    const tar = await readFile(join(folder.path, 't'));
    const { bytes, summary } = await chunked(tar);
    expect(summary).toEqual({ annotations: {}, diffId: digestOf(tar) });
    expect(Buffer.from(decompressBytes(bytes, 1 << 24)).equals(tar)).toBe(true);
  });
});

describe('Crc64', () => {
  it('gives the check value of CRC-64/GO-ISO', () => {
    const crc = new Crc64();
    crc.update(Buffer.from('123456789'));
    expect(crc.digest().toString('hex')).toBe('b90956c775a41001');
  });
});

describe('chunkImage', () => {
  it('keeps config and contents and lets a lister read only the table', async () => {
    const from = memoryRepository();
    const to = memoryRepository();
    const layers = [
      gzipLayer({ old: 'x'.repeat(100_000), gone: '' }),
      tarLayer({ ...files, '.wh.gone': '' }),
    ];
    const root = await putLayers(from, layers);
    const made = await chunkImage(from, to, root);
    const { manifest } = await readManifest(to, made);
    expect('layers' in manifest && manifest.layers.map(({ mediaType }) => mediaType)).toEqual([
      OCI_LAYER_ZSTD,
      OCI_LAYER_ZSTD,
    ]);
    const byTable = await openImageTree(to, made, { contents: 'toc' });
    const { bytes } = byTable.transfer;
    const byArchive = await openImageTree(to, made);
    expect(await Array.fromAsync(byTable.list(''))).toEqual(
      await Array.fromAsync(byArchive.list('')),
    );
    expect(byTable.looks.map(({ by }) => by)).toEqual(['zstd:chunked', 'zstd:chunked']);
    expect(bytes).toBeLessThan(3000);
    const paths = new Set(['usr/lib/big', 'usr/lib/hard', 'empty', 'old']);
    const contents = async (tree: typeof byTable) =>
      Object.fromEntries(
        await Array.fromAsync(tree.readMany(paths), ({ path, content }) => [
          path,
          digestOf(content),
        ]),
      );
    expect(await contents(byTable)).toEqual(await contents(byArchive));
  });
});

describe('readToc with hostile layers', () => {
  it('refuses a table that is not the one the manifest names', async () => {
    const { repository, layer, bytes } = await storeChunked(tarLayer(files));
    const [start = '0'] = (
      layer.annotations['io.github.containers.zstd-chunked.manifest-position'] ?? ''
    ).split(':');
    const changed = Buffer.from(bytes);
    changed[Number(start) + 20] = (changed[Number(start) + 20] ?? 0) ^ 1;
    const blob = await putBlob(repository, OCI_LAYER_ZSTD, changed);
    await expect(readToc(repository, { ...layer, digest: blob.digest })).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
  });

  it('passes over annotations that a gzip layer kept from its zstd twin', async () => {
    const { repository, layer } = await storeChunked(tarLayer(files));
    const gzip = await putBlob(
      repository,
      OCI_LAYER_GZIP,
      gzipLayer({ x: Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255)) }),
    );
    const annotations = {
      ...layer.annotations,
      'io.github.containers.zstd-chunked.manifest-position': '20:50:100:1',
    };
    expect(await readToc(repository, { ...gzip, annotations })).toBeUndefined();
  });

  it.each(['0:10:10:1', '9007199254740991:10:10:1', '20:0:10:1', '20:10:99999999999:1'])(
    'refuses the place %s',
    async (position) => {
      const { repository, layer } = await storeChunked(tarLayer(files));
      const annotations = {
        ...layer.annotations,
        'io.github.containers.zstd-chunked.manifest-position': position,
      };
      await expect(readToc(repository, { ...layer, annotations })).rejects.toMatchObject({
        code: 'invalid-content',
      });
    },
  );

  it('believes a table without annotations only as far as it goes', async () => {
    const { repository, blob } = await storeChunked(tarLayer(files));
    expect(await readToc(repository, blob)).toMatchObject({ format: 'zstd:chunked', bound: false });
    expect(await readAll(repository.read(blob, { start: 0, end: 4 }), 4, 'x')).toHaveLength(4);
  });
});
