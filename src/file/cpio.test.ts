import { spawnSync } from 'node:child_process';
import { lstat, mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../system/program.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { type CpioHeader, readCpio } from './cpio.ts';
import { cpioEnd, cpioEntry } from './cpio-write.ts';

interface Plain {
  header: CpioHeader;
  content: Buffer;
}

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: Buffer, size = 1 << 16): Promise<Plain[]> {
  const entries: Plain[] = [];
  for await (const { header, body } of readCpio(chunked(bytes, size))) {
    entries.push({ header, content: Buffer.concat(await Array.fromAsync(body)) });
  }
  return entries;
}

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const anEntry = fc.record({
  header: fc.record({
    path: fc
      .string({ unit: 'binary', minLength: 1, maxLength: 300 })
      .filter((path) => path.isWellFormed() && !path.includes('\0') && path !== 'TRAILER!!!'),
    mode: u32,
    inode: u32,
    links: u32,
    uid: u32,
    gid: u32,
    mtime: u32,
    device: fc.tuple(u32, u32),
  }),
  content: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

describe('readCpio', () => {
  it('gives back what cpioEntry wrote, whatever the chunks', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(anEntry, { maxLength: 8 }),
        fc.integer({ min: 1, max: 200 }),
        async (entries, size) => {
          const parts = entries.map(({ header, content }) => cpioEntry(header, content));

          const read = await readAll(Buffer.concat([...parts, cpioEnd()]), size);

          const expected = entries.map(({ header, content }) => ({
            header: { ...header, size: content.length },
            content,
          }));
          expect(read).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    ));

  it('skips content that nobody reads', async () => {
    const archive = Buffer.concat([
      cpioEntry({ path: 'a' }, 'x'.repeat(1001)),
      cpioEntry({ path: 'b' }, 'y'),
      cpioEnd(),
    ]);

    const paths = await Array.fromAsync(
      readCpio(chunked(archive, 7)),
      (entry) => entry.header.path,
    );

    expect(paths).toEqual(['a', 'b']);
  });

  it('refuses every archive that is cut short', async () => {
    const archive = Buffer.concat([cpioEntry({ path: 'a' }, 'content'), cpioEnd()]);
    for (let length = 0; length < archive.length; length++) {
      const cut = readAll(archive.subarray(0, length));
      await expect(cut, `${length} bytes`).rejects.toMatchObject({ code: 'invalid-content' });
    }
  });

  it.each([
    ['another magic', (bytes: Buffer) => bytes.write('070707', 0)],
    ['a field that is no number', (bytes: Buffer) => bytes.write('xyz', 20)],
    ['a name without its zero', (bytes: Buffer) => bytes.write('zz', 110)],
    ['a name of no length', (bytes: Buffer) => bytes.write('00000000', 94)],
    ['a name of a gigabyte', (bytes: Buffer) => bytes.write('40000000', 94)],
  ])('refuses %s', async (_what, spoil) => {
    const archive = Buffer.concat([cpioEntry({ path: 'a' }, 'content'), cpioEnd()]);
    spoil(archive);

    await expect(readAll(archive)).rejects.toMatchObject({ code: 'invalid-content' });
  });
});

describe('cpioEntry', () => {
  it('refuses a number that has no room', () => {
    expect(() => cpioEntry({ path: 'a', mtime: -1 })).toThrow('no room');
  });
});

describe.skipIf(!findProgram('cpio', process.env))('beside GNU cpio', () => {
  it('writes archives that cpio unpacks to the same files', async () => {
    await using folder = await temporaryFolder();
    const archive = Buffer.concat([
      cpioEntry({ path: 'bin', mode: 0o040755, links: 2, inode: 1 }),
      cpioEntry({ path: 'bin/tool', mode: 0o100755, inode: 2 }, '#!/bin/sh\n'),
      cpioEntry({ path: 'sh', mode: 0o120777, inode: 3 }, 'bin/tool'),
      cpioEntry({ path: 'empty', inode: 4, mtime: 1_700_000_000 }),
      cpioEnd(),
    ]);

    const { status, stderr } = spawnSync('cpio', ['-idm', '--quiet', '--no-preserve-owner'], {
      cwd: folder.path,
      input: archive,
      encoding: 'utf8',
    });

    expect([status, stderr]).toEqual([0, '']);
    expect(await readFile(join(folder.path, 'bin/tool'), 'utf8')).toBe('#!/bin/sh\n');
    expect((await lstat(join(folder.path, 'bin/tool'))).mode).toBe(0o100755);
    expect(await readlink(join(folder.path, 'sh'))).toBe('bin/tool');
    expect((await lstat(join(folder.path, 'empty'))).mtimeMs).toBe(1_700_000_000_000);
  });

  it('names owners and counts links where cpio looks for them', () => {
    const header = { path: 'a', uid: 7, gid: 9, links: 1, inode: 1 };
    const input = Buffer.concat([cpioEntry(header, 'content'), cpioEnd()]);

    const { stdout } = spawnSync('cpio', ['-itv', '--numeric-uid-gid', '--quiet'], {
      input,
      encoding: 'utf8',
    });

    expect(stdout).toMatch(/^-rw-r--r--\s+1 7\s+9\s+7 /);
  });

  it.each(['newc', 'crc'])('reads what cpio writes as %s', async (format) => {
    await using folder = await temporaryFolder();
    const content = Buffer.alloc(70_001, 'lockstep');
    await mkdir(join(folder.path, 'd'));
    await writeFile(join(folder.path, 'd/ä file'), content);
    await symlink('d/ä file', join(folder.path, 'link'));

    const { stdout } = spawnSync('cpio', ['-o', '--quiet', '-H', format], {
      cwd: folder.path,
      input: 'd\nd/ä file\nlink\n',
    });

    const entries = await readAll(stdout);
    expect(entries.map(({ header }) => [header.path, header.mode & 0o170000])).toEqual([
      ['d', 0o040000],
      ['d/ä file', 0o100000],
      ['link', 0o120000],
    ]);
    expect(entries[1]?.content.equals(content)).toBe(true);
    expect(entries[2]?.content.toString()).toBe('d/ä file');
  });
});
