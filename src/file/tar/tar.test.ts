import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeName } from '../name.ts';
import { bytesOf, chunksOf, entriesOf } from '../testing/tar.ts';
import { readTar } from './tar.ts';
import { encodeTarHeader, type NewTarHeader, TAR_END, tarEntryBytes, writeTar } from './write.ts';

const name = fc
  .oneof(
    fc.stringMatching(/^[a-zA-Z0-9._-]{1,40}$/).map((text) => Buffer.from(text)),
    fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).map((text) => Buffer.from(text)),
    fc.uint8Array({ minLength: 1, maxLength: 20 }),
  )
  .map((bytes) => decodeName(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x5f : byte))));
const path = fc.array(name, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('/'));
const attribute = fc.dictionary(
  fc.stringMatching(/^(user|security)\.[a-z_]{1,12}$/),
  fc.uint8Array({ maxLength: 60 }).map((value) => Buffer.from(value)),
  { maxKeys: 3 },
);
const header: fc.Arbitrary<NewTarHeader> = fc.record({
  path,
  type: fc.constantFrom('file', 'hardlink', 'symlink', 'directory', 'fifo', 'character'),
  mode: fc.nat(0o7777),
  uid: fc.oneof(fc.nat(70_000), fc.nat(2 ** 32 - 1)),
  gid: fc.nat(70_000),
  mtime: fc.integer({ min: -(2 ** 36), max: 2 ** 36 }),
  nanoseconds: fc.oneof(fc.constant(0), fc.nat(999_999_999)),
  xattrs: attribute,
});

function withLink(value: NewTarHeader, link: string): NewTarHeader {
  const links = value.type === 'symlink' || value.type === 'hardlink';
  const device = value.type === 'character' ? { major: 5, minor: 1 } : {};
  return { ...value, ...device, ...(links ? { linkPath: link } : {}) };
}

describe('readTar', () => {
  it('reads back every field that tarEntry wrote, whatever the split of chunks', async () => {
    const file = fc.tuple(header, path, fc.uint8Array({ maxLength: 1300 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { maxLength: 5 }),
        fc.integer({ min: 1, max: 3000 }),
        async (files, size) => {
          const members = files.map(([head, link, body]) => ({
            header: withLink(head, link),
            body: head.type === 'file' ? body : '',
          }));
          const archive = await bytesOf(writeTar(members));
          const entries = await entriesOf(chunksOf(archive, size));
          expect(entries).toHaveLength(members.length);
          for (const [index, { header: wanted, body }] of members.entries()) {
            const { header: found, content } = entries[index] ?? {};
            expect({ xattrs: {}, ...found }).toEqual({
              ...wanted,
              size: wanted.type === 'file' ? body.length : 0,
            });
            expect(content).toEqual(Buffer.from(body));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('throws a named error for any damaged or cut archive', async () => {
    const archive = await bytesOf(
      writeTar([
        { header: { path: 'a'.repeat(150) }, body: 'x'.repeat(700) },
        { header: { path: 'b' } },
      ]),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(archive.length - 1),
        fc.nat(255),
        fc.boolean(),
        async (at, byte, cut) => {
          const damaged = Buffer.from(cut ? archive.subarray(0, at) : archive);
          if (!cut) damaged[at] = byte;
          const outcome = await entriesOf(chunksOf(damaged)).catch((error: unknown) => error);
          if (outcome instanceof Error)
            expect(outcome).toMatchObject({
              code: expect.stringMatching(/invalid-content|limit-exceeded/),
            });
        },
      ),
    );
  });

  it('skips bodies that nobody reads, and forbids reading them later', async () => {
    const archive = await bytesOf(
      writeTar([
        { header: { path: 'a' }, body: 'x'.repeat(200_000) },
        { header: { path: 'b' }, body: 'y' },
      ]),
    );
    const seen: string[] = [];
    let first: AsyncIterable<Uint8Array> | undefined;
    for await (const { header, body } of readTar(chunksOf(archive, 1000))) {
      seen.push(header.path);
      if (first) await expect(bytesOf(first)).resolves.toHaveLength(0);
      first ??= body;
    }
    expect(seen).toEqual(['a', 'b']);
  });

  it('lets the stream go when the reader stops early', async () => {
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield tarEntryBytes({ path: 'x' });
      } finally {
        closed = true;
      }
    }
    for await (const _ of readTar(endless())) break;
    expect(closed).toBe(true);
  });

  it('stops at the limit of entries of an archive without end', async () => {
    async function* endless() {
      const bytes = Buffer.concat(Array.from({ length: 100 }, () => tarEntryBytes({ path: 'x' })));
      for (;;) yield bytes;
    }
    const reading = async () => {
      for await (const _ of readTar(endless(), { entries: 5000 }));
    };
    await expect(reading()).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('refuses an extended header that claims gigabytes', async () => {
    const block = encodeTarHeader({
      path: 'x',
      type: 'file',
      mode: 0,
      uid: 0,
      gid: 0,
      size: 2 ** 31,
      mtime: 0,
      nanoseconds: 0,
    });
    block[156] = 0x78;
    block.write('        ', 148, 'latin1');
    block.write(
      `${block
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    );
    await expect(entriesOf(chunksOf(block))).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('reads 57,000 entries in about a second', async () => {
    const entry = tarEntryBytes({ path: 'usr/share/doc/some-package/a-file' }, Buffer.alloc(700));
    const page = Buffer.concat(Array.from({ length: 100 }, () => entry));
    async function* pages() {
      for (let count = 0; count < 570; count++) yield page;
      yield TAR_END;
    }
    const start = performance.now();
    let count = 0;
    for await (const _ of readTar(pages())) count++;
    expect(count).toBe(57_000);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('tarEntry', () => {
  it('gives the same bytes for the same headers', () => {
    const header = { path: 'x', xattrs: { b: Buffer.of(1), a: Buffer.of(2) } };
    const turned = { path: 'x', xattrs: { a: Buffer.of(2), b: Buffer.of(1) } };
    expect(tarEntryBytes(header)).toEqual(tarEntryBytes(turned));
  });

  it('refuses content that is not as long as announced', async () => {
    async function* body() {
      yield Buffer.from('long');
    }
    const writing = bytesOf(writeTar([{ header: { path: 'x', size: 3 }, body: body() }]));
    await expect(writing).rejects.toMatchObject({ code: 'bug' });
  });
});
