import { createReadStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CpioHeader, readCpio } from '../../file/cpio.ts';
import { readInitramfs } from '../../file/initramfs.ts';
import { readModulesDep } from '../../kernel/index/module-lists.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { writeInitramfs } from './archive.ts';
import { withNeeded } from './modules.ts';
import { programFiles } from './program.ts';
import { aFile, aSymlink, filesOfFolder, placeIn, putFiles, type RootFiles } from './root-files.ts';
import { type StageName, Stages } from './stage.ts';
import { validateRoot } from './validation.ts';

const USR: RootFiles = new Map([
  ['lib', aSymlink('usr/lib')],
  ['sbin', aSymlink('/usr/sbin')],
]);

describe(putFiles, () => {
  it('goes where the folders of a root lead', () => {
    const root: RootFiles = new Map(USR);

    putFiles(root, [
      ['lib/modules/6.1/fuse.ko', aFile('')],
      ['sbin/init', aFile('')],
    ]);

    expect([...root.keys()]).toEqual([
      'lib',
      'sbin',
      'usr/lib/modules/6.1/fuse.ko',
      'usr/sbin/init',
    ]);
  });

  it('refuses links that lead in a circle', () => {
    const root: RootFiles = new Map([
      ['a', aSymlink('b')],
      ['b', aSymlink('a')],
    ]);

    expect(() => placeIn(root, 'a/file')).toThrow('circle');
  });
});

describe(writeInitramfs, () => {
  it('writes the same bytes whatever the order, folders before files, times of 1970', async () => {
    await using work = await temporaryFolder();
    const files = [
      ['b/c/file', aFile('content', 0o755)],
      ['a', aSymlink('b')],
    ] as const;
    const [one = '', two = ''] = ['one', 'two'].map((name) => join(work.path, name));

    await writeInitramfs(one, new Map(files), { compress: false });
    await writeInitramfs(two, new Map(files.toReversed()), { compress: false });

    expect((await readFile(one)).equals(await readFile(two))).toBe(true);
    const headers: CpioHeader[] = [];
    for await (const { header } of readCpio(createReadStream(one))) headers.push(header);
    expect(headers.map(({ path, mode, mtime }) => [path, mode, mtime])).toEqual([
      ['.', 0o040755, 0],
      ['a', 0o120777, 0],
      ['b', 0o040755, 0],
      ['b/c', 0o040755, 0],
      ['b/c/file', 0o100755, 0],
    ]);
  });

  it('compresses as kernels unpack it', async () => {
    await using work = await temporaryFolder();
    const path = join(work.path, 'initramfs.cpio.zst');

    await writeInitramfs(path, new Map([['file', aFile('x'.repeat(9999))]]), { compress: true });

    const paths: string[] = [];
    for await (const { header } of readInitramfs(await readFile(path))) paths.push(header.path);
    expect(paths).toEqual(['.', 'file']);
    expect((await readFile(path)).length).toBeLessThan(500);
  });
});

describe(withNeeded, () => {
  const dependencies = readModulesDep('a/net.ko: a/fail-over.ko\na/fail-over.ko:\nb/fuse.ko.xz:\n');

  it('takes modules with what they need, and nothing for what is built in', () => {
    expect(withNeeded(['net', 'virtio'], dependencies, ['kernel/virtio.ko'])).toEqual([
      'a/fail-over.ko',
      'a/net.ko',
    ]);
  });

  it('names what a mistyped one may be', () => {
    expect(() => withNeeded(['fuze'], dependencies, [])).toThrow(/no module fuze.*fuse/);
  });
});

describe(programFiles, () => {
  it('has the program, its packages and no test of them', () => {
    const paths = [...programFiles(process.execPath).keys()];

    expect(paths).toContain('usr/bin/lockstep');
    expect(paths).toContain('usr/lib/lockstep/src/command/main.ts');
    expect(paths).toContain('usr/lib/lockstep/node_modules/hash-wasm/package.json');
    expect(paths.filter((path) => /\.test\.ts$|\/testing\//.test(path))).toEqual([]);
  });
});

describe(validateRoot, () => {
  const wanted = {
    program: 'lockstep',
    release: '6.1',
    modules: ['fuse.ko'],
    hasFlists: true,
  } as const;
  const complete: RootFiles = new Map([
    ...USR,
    ['init', aSymlink('usr/sbin/zinit')],
    ['usr/sbin/zinit', aFile('')],
    ['bin/sh', aFile('')],
    ['usr/sbin/modprobe', aSymlink('/sbin/kmod')],
    ['usr/sbin/kmod', aFile('')],
    ['usr/bin/lockstep', aFile('')],
    ['usr/lib/modules/6.1/fuse.ko', aFile('')],
    ['usr/lib/modules/6.1/modules.dep.bin', aFile('')],
  ]);

  it('finds nothing in one that has all', () => {
    expect(validateRoot(complete, wanted)).toEqual([]);
  });

  it.each([
    ['usr/sbin/zinit', 'init-missing'],
    ['bin/sh', 'shell-missing'],
    ['usr/sbin/kmod', 'modprobe-missing'],
    ['usr/bin/lockstep', 'program-missing'],
    ['usr/lib/modules/6.1/fuse.ko', 'module-missing'],
  ])('misses %s', (path, rule) => {
    const root = new Map(complete);
    root.delete(path);

    expect(validateRoot(root, wanted)).toMatchObject([{ rule, severity: 'error' }]);
  });

  it('wants what rfs calls', () => {
    const found = validateRoot(complete, { ...wanted, program: 'rfs' });

    expect(found.map(({ message }) => message.split(' ')[2])).toEqual([
      'rfs',
      'fusermount',
      'mountpoint',
    ]);
  });
});

describe(Stages, () => {
  it('does again only what has other inputs, what is gone, and what is asked for', async () => {
    await using work = await temporaryFolder();
    const through = async (
      input: string,
      { from, isThere = true }: { from?: StageName; isThere?: boolean } = {},
    ) => {
      const stages = new Stages({ folder: work.path, emit: () => {}, ...(from && { from }) });
      const made = await stages.take({
        name: 'root',
        inputs: 'same',
        run: async (folder) => {
          await mkdir(join(folder, 'inside'));
          await writeFile(join(folder, 'inside/file'), '');
          return 'root';
        },
      });
      await stages.take({
        name: 'packages',
        inputs: [made, input],
        run: async () => input,
        isKept: async () => isThere,
      });
      return stages.records.map(({ state }) => state);
    };

    expect(await through('a')).toEqual(['done', 'done']);
    expect(await through('a')).toEqual(['reused', 'reused']);
    expect(await through('b')).toEqual(['reused', 'done']);
    expect(await through('b', { isThere: false })).toEqual(['reused', 'done']);
    expect(await through('b', { from: 'packages' })).toEqual(['reused', 'done']);
    expect(await through('b', { from: 'root' })).toEqual(['done', 'done']);
  });
});

describe(filesOfFolder, () => {
  it('gives everything to root, with its permissions', async () => {
    await using work = await temporaryFolder();
    await mkdir(join(work.path, 'etc'));
    await writeFile(join(work.path, 'etc/script'), 'x', { mode: 0o750 });

    const files = new Map(filesOfFolder(work.path, 'usr'));

    expect(files.get('usr/etc/script')).toMatchObject({ mode: 0o100750, uid: 0, gid: 0 });
  });
});
