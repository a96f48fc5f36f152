import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock } from '../../system/lock.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { foldersOf } from './folders.ts';
import { leftoversOf } from './leftovers.ts';

describe(leftoversOf, () => {
  it('names what a killed run has left, and nothing while one is under way', async () => {
    await using project = await temporaryFolder();
    expect(await leftoversOf(project.path)).toEqual([]);
    const { scratch, lock } = foldersOf(project.path);
    await mkdir(join(scratch, 'roots/1-x'), { recursive: true });
    await writeFile(join(scratch, 'roots/1-x/root.tar'), 'x'.repeat(1000));
    {
      await using _lock = await acquireLock(lock);
      expect(await leftoversOf(project.path)).toEqual([]);
    }

    expect(await leftoversOf(project.path)).toEqual([
      { path: scratch, bytes: 1000, kind: 'folder' },
    ]);
  });
});
