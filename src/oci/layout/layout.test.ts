import { appendFile, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { readAll } from '../content.ts';
import { readManifest } from '../manifest.ts';
import { OCI_LAYER } from '../media-type.ts';
import { digestTag } from '../reference.ts';
import { describeRepositoryContract } from '../testing/contract.ts';
import { putBlob, putImage, putIndex } from '../testing/image.ts';
import { validateRepository } from '../validate.ts';
import { openLayout, openLayoutRegistry } from './layout.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

describe('openLayout', () => {
  describeRepositoryContract(async () => openLayout(folder.path));

  it('shows what another opener of the same folder wrote', async () => {
    const one = openLayout(folder.path);
    const two = openLayout(folder.path);
    expect(await two.tags()).toEqual([]);
    await putImage(one, { tag: 'latest' });

    expect(await two.tags()).toEqual(['latest']);
  });

  it('loses no tag when many move at once', async () => {
    const image = await putImage(openLayout(folder.path));
    const tags = Array.from({ length: 30 }, (_, index) => `t${index}`).sort();
    await Promise.all(tags.map((tag) => openLayout(folder.path).tag(tag, image)));

    expect(await openLayout(folder.path).tags()).toEqual(tags);
  });

  it('names a blob with a flipped byte, a cut one and a missing one', async () => {
    const layout = openLayout(folder.path);
    const blob = await putBlob(layout, OCI_LAYER, 'x'.repeat(3000));
    const path = join(folder.path, 'blobs/sha256', blob.digest.slice(7));
    const bytes = await readFile(path);
    bytes[1500] = 0;
    await writeFile(path, bytes);

    await expect(readAll(layout.read(blob), 1e6, 'blob')).rejects.toMatchObject({
      code: 'digest-mismatch',
      context: { digest: blob.digest, where: path },
    });
    await truncate(path, 10);
    await expect(readAll(layout.read(blob), 1e6, 'blob')).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    expect(await layout.has(blob)).toBe(false);
  });

  it('names a damaged index and leaves it alone', async () => {
    const layout = openLayout(folder.path);
    const image = await putImage(layout, { tag: 'latest' });
    const path = join(folder.path, 'index.json');
    await truncate(path, 40);

    await expect(layout.tags()).rejects.toMatchObject({
      code: 'invalid-content',
      context: { path },
    });
    await expect(layout.tag('next', image)).rejects.toMatchObject({ code: 'invalid-content' });
    expect((await readFile(path)).length).toBe(40);
  });

  it('takes a blob from a sibling without reading it', async () => {
    const registry = openLayoutRegistry(folder.path);
    const from = registry.repository('owner/one');
    const to = openLayout(join(folder.path, 'two'));
    const blob = await putBlob(from, OCI_LAYER, 'bytes');

    expect(await to.mount(blob, from)).toBe(true);
    expect(await to.has(blob)).toBe(true);
  });

  it('lists referrers under the tag where other tools look, and no longer when they are gone', async () => {
    const layout = openLayout(folder.path);
    const subject = await putImage(layout, { tag: 'latest' });
    const artifactType = 'application/vnd.example.note';
    const notes = [
      await putImage(layout, { seed: 'one', subject, artifactType }),
      await putImage(layout, { seed: 'two', subject, artifactType }),
    ];
    const tag = digestTag(subject.digest);
    const listed = async () => (await readManifest(openLayout(folder.path), tag)).manifest;

    expect(await listed()).toMatchObject({
      manifests: notes.map(({ digest }) => ({ digest, artifactType })),
    });
    await layout.deleteAll(notes.slice(0, 1));
    expect(await listed()).toMatchObject({ manifests: [{ digest: notes[1]?.digest }] });
    expect(await validateRepository(layout)).toEqual([]);
    await layout.deleteAll(notes.slice(1));

    expect(await layout.tags()).toEqual(['latest']);
    expect((await layout.manifests()).map(({ digest }) => digest)).toEqual([subject.digest]);
  });

  it('puts into the list what an earlier writer left out of it, and finds what only stands there', async () => {
    const layout = openLayout(folder.path);
    const subject = await putImage(layout, { tag: 'latest' });
    const note = await putImage(layout, { seed: 'note', subject });
    const tag = digestTag(subject.digest);
    const path = join(folder.path, 'index.json');
    const index = JSON.parse(await readFile(path, 'utf8'));
    const without = (digest: string) => ({
      ...index,
      manifests: index.manifests.filter((entry: { digest: string }) => entry.digest !== digest),
    });
    await writeFile(path, JSON.stringify(without(note.digest)));
    expect((await layout.referrers(subject.digest)).map(({ digest }) => digest)).toEqual([
      note.digest,
    ]);
    const list = await layout.resolve(tag);
    await writeFile(path, JSON.stringify(without(list?.digest ?? '')));
    expect(await layout.tags()).toEqual(['latest']);

    await putImage(layout, { seed: 'note', subject });

    expect(await layout.tags()).toEqual(['latest', tag]);
  });

  it('sweeps old blobs that nothing reaches and nothing else', async () => {
    const layout = openLayout(folder.path);
    const image = await putImage(layout, { seed: 'image' });
    await putIndex(layout, [image], { tag: 'latest' });
    const orphan = await putBlob(layout, OCI_LAYER, 'orphan');
    const blobs = join(folder.path, 'blobs/sha256');
    for (const name of await readdir(blobs)) await utimes(join(blobs, name), 1000, 1000);
    const fresh = await putBlob(layout, OCI_LAYER, 'fresh');

    expect(await layout.sweep(new Date(2_000_000))).toEqual([orphan.digest]);
    expect(await layout.has(fresh)).toBe(true);
    expect(await validateRepository(layout)).toEqual([]);
  });

  it('keeps members of the index that it does not know', async () => {
    const layout = openLayout(folder.path);
    const image = await putImage(layout, { tag: 'latest' });
    const path = join(folder.path, 'index.json');
    const index = JSON.parse(await readFile(path, 'utf8'));
    index.manifests[0].annotations['example.note'] = 'kept';
    await writeFile(path, JSON.stringify({ ...index, annotations: { 'example.index': 'kept' } }));
    await layout.tag('next', image);

    const text = await readFile(path, 'utf8');
    expect(text).toContain('example.note');
    expect(text).toContain('example.index');
  });

  it('calls damage by its name in a validation', async () => {
    const layout = openLayout(folder.path);
    const image = await putImage(layout, { tag: 'latest' });
    await appendFile(join(folder.path, 'blobs/sha256', image.digest.slice(7)), ' ');

    const findings = await validateRepository(layout);
    expect(findings.map(({ rule }) => rule)).toContain('digest-mismatch');
  });
});
