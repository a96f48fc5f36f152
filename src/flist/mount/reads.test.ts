import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { BLOCK_SIZE, type BlockName, openBlockCodec } from '../block/codec.ts';
import { openBlockReads } from './block-reads.ts';
import { cachedParts, openCacheReader, placeOf } from './cached-reads.ts';
import { filePart } from './file-part.ts';

const CONTENT = Buffer.alloc(3 * BLOCK_SIZE + 1000);
for (let at = 0; at + 4 <= CONTENT.length; at += 4)
  CONTENT.writeUInt32LE((at * 2_654_435_761) % 2 ** 32, at);

/** A file in blocks, each given to `keep`. */
async function aFile(keep: (name: BlockName, content: Buffer) => void) {
  const codec = await openBlockCodec();
  const names: BlockName[] = [];
  for (let at = 0; at < CONTENT.length; at += BLOCK_SIZE) {
    const content = CONTENT.subarray(at, at + BLOCK_SIZE);
    const { id, key } = codec.encode(content);
    names.push({ id, key });
    keep({ id, key }, content);
  }
  return { names, size: CONTENT.length };
}

/** A file whose blocks lie in a cache folder. */
async function aCachedFile(folder: string) {
  return aFile(({ id }, content) => {
    const path = placeOf(folder, id);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  });
}

const aRange = fc
  .tuple(fc.nat(CONTENT.length), fc.nat(CONTENT.length))
  .filter(([one, other]) => one !== other)
  .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);

it('gives any part of a file, from the cache and from what is fetched', async () => {
  await using folder = await temporaryFolder();
  const fetched = new Map<string, Uint8Array>();
  const file = await aCachedFile(folder.path);
  await aFile(({ id }, content) => fetched.set(Buffer.from(id).toString('hex'), content));
  const cached = cachedParts(await openCacheReader(folder.path));
  const reads = openBlockReads(async ({ id }) => fetched.get(Buffer.from(id).toString('hex')));

  await fc.assert(
    fc.asyncProperty(aRange, async ([start, end]) => {
      const part = filePart(file, start, end);
      const wanted = CONTENT.subarray(start, end);
      expect(Buffer.concat(cached(part) ?? []).equals(wanted)).toBe(true);
      expect(Buffer.concat((await reads.read(part)) ?? []).equals(wanted)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

it('gives nothing of a part whose blocks are not all what they must be, and looks again', async () => {
  await using folder = await temporaryFolder();
  const file = await aCachedFile(folder.path);
  const cached = cachedParts(await openCacheReader(folder.path));
  const part = filePart(file, 0, BLOCK_SIZE + 1);
  const place = placeOf(folder.path, file.names[1]?.id ?? Buffer.alloc(32));
  const whole = readFileSync(place);
  writeFileSync(place, Buffer.from(whole).fill(0, 7, 8));

  expect(cached(part)).toBeUndefined();
  writeFileSync(place, whole.subarray(1));
  expect(cached(part)).toBeUndefined();
  writeFileSync(place, whole);
  expect(cached(part)?.map(({ length }) => length)).toEqual([BLOCK_SIZE, 1]);
});

it('fetches a block once for all who ask at a time, the next one ahead, a failed one again', async () => {
  const asked: number[] = [];
  let fails = true;
  const file = await aFile(() => undefined);
  const reads = openBlockReads(async ({ id, size }) => {
    asked.push(file.names.findIndex((name) => name.id === id));
    return fails ? undefined : new Uint8Array(size);
  });

  const failed = await Promise.all([1, 2, 3].map((end) => reads.read(filePart(file, 0, end))));
  fails = false;
  await Promise.all([1, 2, 3].map((end) => reads.read(filePart(file, 0, end))));

  expect(failed).toEqual([undefined, undefined, undefined]);
  expect(asked).toEqual([0, 1, 0, 1]);
});
