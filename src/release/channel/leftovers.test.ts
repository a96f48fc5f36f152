import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock } from '../../system/lock.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { foldersOf } from './folders.ts';
import { leftoversOf, lockOfLook } from './leftovers.ts';

describe(leftoversOf, () => {
  it('names what a killed run has left, and nothing while one is under way', async () => {
    await using project = await temporaryFolder();
    expect(await leftoversOf(project.path, new Date())).toEqual([]);
    const { scratch, lock } = foldersOf(project.path);
    await mkdir(join(scratch, 'roots/1-x'), { recursive: true });
    await writeFile(join(scratch, 'roots/1-x/root.tar'), 'x'.repeat(1000));
    {
      await using _lock = await acquireLock(lock);
      expect(await leftoversOf(project.path, new Date())).toEqual([]);
    }

    expect(await leftoversOf(project.path, new Date())).toEqual([
      { path: scratch, bytes: 1000, kind: 'folder' },
    ]);
  });

  it('names the folder of a killed look, and not of one under way', async () => {
    await using project = await temporaryFolder();
    const look = join(foldersOf(project.path).work, 'lockstep-x');
    const later = new Date(Date.now() + 120_000);
    await mkdir(look, { recursive: true });
    await writeFile(join(look, 'layer'), 'x');
    expect(await leftoversOf(project.path, new Date())).toEqual([]);
    {
      await using _lock = await acquireLock(lockOfLook(look));
      expect(await leftoversOf(project.path, later)).toEqual([]);
    }

    expect(await leftoversOf(project.path, new Date())).toEqual([
      { path: look, bytes: 1, kind: 'folder' },
    ]);
  });
});
