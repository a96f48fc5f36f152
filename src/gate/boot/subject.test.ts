import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readTar } from '../../file/tar/tar.ts';
import { TAR_END, tarEntryBytes } from '../../file/tar/write.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { treeOf } from '../../vm/testing/tree.ts';
import { type BootSubject, chooseKernel, folderSubject, tarSubject } from './subject.ts';

const { env } = process;
const KERNEL_PATH = 'usr/lib/modules/6.1/vmlinuz';

async function pathsOf(subject: BootSubject): Promise<string[]> {
  const paths: string[] = [];
  for await (const { header } of readTar(subject.rootTar())) {
    paths.push(header.path.replace(/^\.\//, ''));
  }
  return paths.sort();
}

describe('folderSubject', () => {
  it('gives the files by name and as one archive', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'usr/lib/modules/6.1'), { recursive: true });
    await writeFile(join(folder.path, KERNEL_PATH), 'kernel');
    await symlink('usr/lib', join(folder.path, 'lib'));

    const subject = folderSubject(folder.path, { env });

    expect(Buffer.from(await subject.tree.read('lib/modules/6.1/vmlinuz')).toString()).toBe(
      'kernel',
    );
    expect(await pathsOf(subject)).toEqual([
      '.',
      'lib',
      'usr',
      'usr/lib',
      'usr/lib/modules',
      'usr/lib/modules/6.1',
      KERNEL_PATH,
    ]);
  });

  it('says what tar could not read', async () => {
    const subject = folderSubject('/nowhere/at/all', { env });

    await expect(pathsOf(subject)).rejects.toMatchObject({
      code: 'program-failed',
      message: expect.stringContaining('/nowhere/at/all'),
    });
  });
});

describe('tarSubject', () => {
  const archive = Buffer.concat([
    tarEntryBytes({ path: KERNEL_PATH }, Buffer.from('kernel')),
    tarEntryBytes({ path: 'lib', type: 'symlink', linkPath: 'usr/lib' }, Buffer.alloc(0)),
    TAR_END,
  ]);

  it.each([
    ['plain', archive],
    ['compressed', gzipSync(archive)],
  ])('reads a %s archive where it lies', async (_kind, bytes) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'root.tar');
    await writeFile(path, bytes);

    const subject = await tarSubject(path);

    expect(Buffer.from(await subject.tree.read('lib/modules/6.1/vmlinuz')).toString()).toBe(
      'kernel',
    );
    expect(await pathsOf(subject)).toEqual(expect.arrayContaining(['lib', KERNEL_PATH]));
    expect(await chooseKernel(subject.tree)).toBe('6.1');
  });

  it('says that there is no such file', async () => {
    await expect(tarSubject('/nowhere.tar')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('chooseKernel', () => {
  const two = treeOf({
    'usr/lib/modules/6.1/modules.dep': '',
    'usr/lib/modules/6.12/modules.dep': '',
  });

  it('takes the one that is asked for', async () => {
    expect(await chooseKernel(two, '6.12')).toBe('6.12');
  });

  it.each([
    [two, undefined, 'usage', 'it has 6.1, 6.12'],
    [two, '6.13', 'not-found', 'it has 6.1, 6.12'],
    [treeOf({}), undefined, 'not-found', undefined],
  ])('refuses to guess (%#)', async (tree, asked, code, hint) => {
    await expect(chooseKernel(tree, asked)).rejects.toMatchObject({ code, hint });
  });
});
