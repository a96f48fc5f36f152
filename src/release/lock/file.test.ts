import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { aDebianInputs, anRpmInputs } from '../testing/inputs.ts';
import { readProjectLock, writeProjectLock } from './file.ts';

const [debian, rpm] = [aDebianInputs(), anRpmInputs()];
const both = [debian.stream, rpm.stream];

describe(writeProjectLock, () => {
  it('keeps other streams of the configuration, forgets others, and says whether it changed', async () => {
    await using folder = await temporaryFolder();

    expect(await writeProjectLock(folder.path, [rpm], both)).toEqual({
      path: 'lockstep.lock.json',
      changed: true,
    });
    expect((await writeProjectLock(folder.path, [debian], both)).changed).toBe(true);
    expect([...(await readProjectLock(folder.path)).keys()]).toEqual(both);
    expect((await writeProjectLock(folder.path, [debian], both)).changed).toBe(false);
    await writeProjectLock(folder.path, [debian], [debian.stream]);

    expect([...(await readProjectLock(folder.path)).keys()]).toEqual([debian.stream]);
  });

  it('takes the place of a broken one only when nothing of it is kept', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lockstep.lock.json');
    await writeFile(path, '<<<<<<< HEAD');

    await expect(writeProjectLock(folder.path, [debian], both)).rejects.toThrow(/not JSON/);
    expect(await readFile(path, 'utf8')).toBe('<<<<<<< HEAD');
    await writeProjectLock(folder.path, [debian, rpm], both);

    expect((await readProjectLock(folder.path)).size).toBe(2);
  });

  it('is missed with its name', async () => {
    await using folder = await temporaryFolder();

    await expect(readProjectLock(folder.path)).rejects.toMatchObject({
      code: 'config',
      message: 'there is no lockstep.lock.json',
      hint: expect.stringContaining('lockstep lock sync'),
    });
  });
});
