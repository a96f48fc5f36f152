import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../system/temporary.ts';
import { findFiles } from './find-files.ts';

async function folderWith(files: readonly string[]) {
  const folder = await temporaryFolder();
  for (const file of files) {
    await mkdir(join(folder.path, dirname(file)), { recursive: true });
    await writeFile(join(folder.path, file), '');
  }
  return folder;
}

describe('findFiles', () => {
  it.each([
    [['ci/*.{yml,yaml}'], ['ci/a.yaml', 'ci/action.yml', 'ci/b.yml']],
    [['ci/**/action.yml'], ['ci/action.yml', 'ci/deep/er/action.yml']],
    [
      ['top.yml', 'ci/b.yml', 'none.yml'],
      ['ci/b.yml', 'top.yml'],
    ],
    [['*.yml'], ['top.yml']],
    [['ci/b.yml', 'ci/b.*'], ['ci/b.yml']],
    [['none/*.yml', 'none/**/x', 'top.yml/*.yml', 'top.yml/x'], []],
    [['ci/folder.yml', 'ci/f*.yml'], []],
  ])('finds %j', async (patterns, found) => {
    await using folder = await folderWith([
      'top.yml',
      'ci/b.yml',
      'ci/a.yaml',
      'ci/action.yml',
      'ci/deep/er/action.yml',
      'ci/folder.yml/x',
      'other/c.yml',
    ]);

    expect(findFiles(folder.path, patterns)).toEqual(found);
  });

  it('follows links to files, and leaves those that lead nowhere', async () => {
    await using folder = await folderWith(['real/a.yml']);
    await mkdir(join(folder.path, 'ci'));
    await symlink('../real/a.yml', join(folder.path, 'ci/a.yml'));
    await symlink('../real', join(folder.path, 'ci/b.yml'));
    await symlink('nowhere', join(folder.path, 'ci/c.yml'));

    expect(findFiles(folder.path, ['ci/*.yml'])).toEqual(['ci/a.yml']);
  });
});
