import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { asImage } from '../artifact.ts';
import { copy } from '../copy.ts';
import { openLayout } from '../layout/layout.ts';
import { readManifest } from '../manifest.ts';
import { memoryRepository } from '../memory.ts';
import { digestTag } from '../reference.ts';
import { describeRepositoryContract } from '../testing/contract.ts';
import { putImage, putIndex } from '../testing/image.ts';
import { validateRepository } from '../validate.ts';
import { openArchive } from './oci-archive.ts';

let folder: TemporaryFolder;
let count = 0;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

const newFile = () => join(folder.path, `${count++}`, 'image.tar');

describe('openArchive', () => {
  describeRepositoryContract(async () => openArchive(newFile()));

  it('gives the same bytes for the same content, whatever came first', async () => {
    const from = memoryRepository();
    for (const tag of ['a', 'b']) await putImage(from, { seed: tag, tag });
    const [one, two] = [newFile(), newFile()];

    for (const tag of ['a', 'b']) await copy(from, openArchive(one), tag, { tags: [tag] });
    for (const tag of ['b', 'a']) await copy(from, openArchive(two), tag, { tags: [tag] });

    expect((await readFile(one)).equals(await readFile(two))).toBe(true);
    expect(await readdir(join(one, '..'))).toEqual(['image.tar']);
    expect(await openArchive(one).tags()).toEqual(['a', 'b']);
    expect(await validateRepository(openArchive(one))).toEqual([]);
  });

  it('keeps referrers and the images of an index, and lists no image twice', async () => {
    const from = memoryRepository();
    const image = await putImage(from);
    const platform = { os: 'linux', architecture: 'amd64' };
    const index = await putIndex(from, [{ ...image, platform }], { tag: 'latest' });
    const note = await putImage(from, { seed: 'note', subject: index });
    const file = newFile();

    await copy(from, openArchive(file), 'latest', { tags: ['latest'], referrers: true });
    await copy(from, openArchive(file), 'latest', { tags: ['again'], referrers: true });

    const archive = openArchive(file);
    expect(await archive.tags()).toEqual(['again', 'latest', digestTag(index.digest)]);
    expect((await archive.referrers(index.digest)).map(({ digest }) => digest)).toEqual([
      note.digest,
    ]);
    expect(await archive.resolve(image.digest)).toMatchObject({ digest: image.digest });
    expect(await validateRepository(archive)).toEqual([]);
  });

  it('leaves out what nothing names any more', async () => {
    const file = newFile();
    const archive = openArchive(file);
    const old = await putImage(archive, { seed: 'old', tag: 'latest' });
    await archive.settle();
    const { length } = await readFile(file);

    await putImage(archive, { seed: 'new', tag: 'latest' });
    await archive.delete(old);
    await archive.settle();

    expect((await readFile(file)).length).toBe(length);
    expect(await archive.resolve(old.digest)).toBeUndefined();
    expect(await archive.has(old)).toBe(false);
  });

  it('stays as it was when a copy fails', async () => {
    const [file, source] = [newFile(), openLayout(newFile())];
    await putImage(source, { tag: 'good' });
    await copy(source, openArchive(file), 'good', { tags: ['good'] });
    const before = await readFile(file);
    const { layers } = asImage(
      await readManifest(source, await putImage(source, { seed: 'x', tag: 'bad' })),
    ).manifest;
    await rm(join(source.path, 'blobs', ...(layers[0]?.digest ?? '').split(':')));
    const archive = openArchive(file);

    await expect(copy(source, archive, 'bad', { tags: ['bad'] })).rejects.toMatchObject({
      code: 'not-found',
    });

    expect((await readFile(file)).equals(before)).toBe(true);
    expect(await archive.tags()).toEqual(['good']);
    expect(await readdir(join(file, '..'))).toEqual(['image.tar']);
  });

  it('does not write over a file that is no layout', async () => {
    const file = join(folder.path, 'text');
    await writeFile(file, 'a text');

    await expect(putImage(openArchive(file))).rejects.toMatchObject({ code: 'invalid-content' });

    expect(await readFile(file, 'utf8')).toBe('a text');
  });
});
