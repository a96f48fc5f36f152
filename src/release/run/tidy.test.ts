import { lutimes, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { foldersOf } from '../channel/folders.ts';
import { anRpm, anRpmInputs } from '../testing/inputs.ts';
import { tidy } from './tidy.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const needed = anRpm('hello');
const plain = anRpmInputs();
const inputs = {
  ...plain,
  image: { ...plain.image, packages: { ...plain.image.packages, packages: [needed] } },
};

let project: TemporaryFolder;
const work = (path: string) => join(project.path, '.lockstep', path);

/** A file that was last written so many days ago. */
async function put(path: string, days: number): Promise<void> {
  await mkdir(dirname(work(path)), { recursive: true });
  await writeFile(work(path), '');
  const time = new Date(NOW.getTime() - days * 86_400_000);
  await utimes(work(path), time, time);
}

const run = () => tidy({ folders: foldersOf(project.path), now: () => NOW }, inputs);

beforeEach(async () => {
  project = await temporaryFolder();
});

afterEach(() => project[Symbol.asyncDispose]());

describe(tidy, () => {
  it('keeps what the run needs and what is young, and removes what an old run has fetched', async () => {
    await put(`pool/${needed.sha256}.rpm`, 90);
    await put('pool/young.deb', 29);
    await put('pool/old.deb', 31);

    await run();

    expect(await readdir(work('pool'))).toEqual([`${needed.sha256}.rpm`, 'young.deb']);
  });

  it('removes an old link whose target is gone', async () => {
    await put('pool/young.deb', 1);
    await symlink('/nonexistent/mirror.deb', work('pool/old.deb'));
    await symlink('/nonexistent/mirror.deb', work('pool/new.deb'));
    await lutimes(work('pool/old.deb'), new Date(0), new Date(0));

    await run();

    expect((await readdir(work('pool'))).sort()).toEqual(['new.deb', 'young.deb']);
  });

  it('removes what a killed run was fetching, and nothing that is being fetched', async () => {
    await put('pool/partial/left', 2);
    await put('pool/partial/arriving', 0);

    await run();

    expect(await readdir(work('pool/partial'))).toEqual(['arriving']);
  });

  it('keeps the folders of the newest runs, without what they built', async () => {
    const names = Array.from({ length: 22 }, (_, at) => `202611${String(at).padStart(2, '0')}t0-x`);
    for (const name of names) await put(`runs/${name}/record.json`, 0);
    await put(`runs/${names[21]}/build/6.1/zfs/src/big.tar`, 0);
    await put(`runs/${names[21]}/build/6.1/zfs.log`, 0);

    await run();

    expect(await readdir(work('runs'))).toEqual(names.slice(2));
    expect(await readdir(work(`runs/${names[21]}/build/6.1`))).toEqual(['zfs.log']);
  });
});
