import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TAR_END, tarEntry } from '../archive/tar-write.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { makeRootDisk, makeSpareDisk } from './disk.ts';
import { openDiskFiles } from './disk-files.ts';

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
  it('keeps files so that each can be read back, whoever owns them', async () => {
    await using folder = await temporaryFolder();
    const disk = await makeRootDisk(join(folder.path, 'root'), anArchive(), { env });
    const tree = openDiskFiles(disk.path, { env, name: 'a disk', scratch: folder.path });
    const paths = ['boot/vmlinuz', 'boot/link', 'usr/lib/ä file', 'not/there', 'boot'];

    const files = await Array.fromAsync(tree.readMany(new Set(paths)));

    expect(files.map(({ path, content }) => [path, content.length])).toEqual([
      ['boot/vmlinuz', 6],
      ['usr/lib/ä file', 300_000],
    ]);
    expect(await readdir(folder.path)).toEqual(['root']);
    expect(disk).toMatchObject({ serial: 'lockstep-root', readOnly: true });
  });

  it('makes the same disk of the same files', async () => {
    await using folder = await temporaryFolder();
    const [one, two] = ['one', 'two'].map((name) => join(folder.path, name)) as [string, string];

    await makeRootDisk(one, anArchive(), { env });
    await makeRootDisk(two, anArchive(), { env });

    expect((await stat(one)).size).toBe((await stat(two)).size);
  });

  it('throws what the stream threw', async () => {
    await using folder = await temporaryFolder();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* tarEntry({ path: 'a' }, 'content');
      throw new Error('the layer is damaged');
    }

    const making = makeRootDisk(join(folder.path, 'root'), broken(), { env });

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
