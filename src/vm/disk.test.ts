import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TAR_END, tarEntry } from '../file/tar/write.ts';
import { runOk } from '../system/process.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { makeRootDisk, makeSpareDisk } from './disk.ts';

const { env } = process;

async function* anArchive() {
  yield* tarEntry({ path: 'boot', type: 'directory', mode: 0o700 });
  yield* tarEntry({ path: 'boot/vmlinuz' }, 'kernel');
  yield* tarEntry({ path: 'boot/link', type: 'symlink', linkPath: '/etc/passwd' });
  yield* tarEntry({ path: 'dev/console', type: 'character', major: 5, minor: 1 });
  yield* tarEntry({ path: 'usr/lib/ä file', uid: 1234, mode: 0o400 }, Buffer.alloc(300_000, 'x'));
  yield TAR_END;
}

describe('makeRootDisk', () => {
  it('keeps every file as it is, whoever owns it', async () => {
    await using folder = await temporaryFolder();
    await using disk = await makeRootDisk(join(folder.path, 'root'), anArchive(), { env });
    await disk.whole;

    const list = await runOk('unsquashfs', ['-lln', disk.path]);
    const read = await runOk('unsquashfs', ['-cat', disk.path, 'usr/lib/ä file']);

    expect(
      list.stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/\s+/)),
    ).toMatchObject([
      {},
      { 0: 'drwx------', 5: 'squashfs-root/boot' },
      { 0: 'lrwxrwxrwx', 5: 'squashfs-root/boot/link', 7: '/etc/passwd' },
      { 0: '-rw-r--r--', 2: '6', 5: 'squashfs-root/boot/vmlinuz' },
      { 0: 'drwxr-xr-x', 5: 'squashfs-root/dev' },
      { 0: 'crw-r--r--', 2: '5,', 3: '1', 6: 'squashfs-root/dev/console' },
      { 0: 'drwxr-xr-x', 5: 'squashfs-root/usr' },
      { 0: 'drwxr-xr-x', 5: 'squashfs-root/usr/lib' },
      { 0: '-r--------', 1: '1234/0', 2: '300000' },
    ]);
    expect(read.stdout).toBe('x'.repeat(300_000));
    expect(disk).toMatchObject({ serial: 'lockstep-root', readOnly: true });
  });

  it('can be opened before everything is on it, and does not change its size then', async () => {
    await using folder = await temporaryFolder();
    const rest = Promise.withResolvers<void>();
    async function* slow() {
      await rest.promise;
      yield* anArchive();
    }

    await using disk = await makeRootDisk(join(folder.path, 'root'), slow(), { env });
    const before = await stat(disk.path);
    rest.resolve();
    await disk.whole;

    const after = await stat(disk.path);
    expect([after.ino, after.size]).toEqual([before.ino, before.size]);
    expect(after.blocks * 512).toBeLessThan(1_000_000);
  });

  it('ends what writes it when nobody needs it any more', async () => {
    await using folder = await temporaryFolder();
    async function* endless() {
      for (;;) yield* tarEntry({ path: 'a' }, 'content');
    }
    const disk = await makeRootDisk(join(folder.path, 'root'), endless(), { env });

    await disk[Symbol.asyncDispose]();

    await expect(disk.whole).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('throws what the stream threw', async () => {
    await using folder = await temporaryFolder();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* tarEntry({ path: 'a' }, 'content');
      throw new Error('the layer is damaged');
    }

    const making = (async () => {
      await using disk = await makeRootDisk(join(folder.path, 'root'), broken(), { env });
      await disk.whole;
    })();

    await expect(making).rejects.toThrow('the layer is damaged');
  });
});

describe('makeSpareDisk', () => {
  it('takes no room', async () => {
    await using folder = await temporaryFolder();

    const disk = await makeSpareDisk(join(folder.path, 'spare'), 2 ** 31, 1);

    const { size, blocks } = await stat(disk.path);
    expect([size, blocks]).toEqual([2 ** 31, 0]);
    expect(disk.serial).toBe('lockstep-spare-1');
  });
});
