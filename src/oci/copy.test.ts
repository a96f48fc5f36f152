import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../system/temporary.ts';
import { copy } from './copy.ts';
import { openLayout } from './layout/layout.ts';
import { childrenOf, readManifest } from './manifest.ts';
import { memoryRepository } from './memory.ts';
import { digestTag } from './reference.ts';
import type { Repository } from './repository.ts';
import { putImage, putIndex } from './testing/image.ts';
import { validateRepository } from './validate.ts';

/** An index of two platforms with a signature tag and a referrer on one of its images. */
async function publish(repository: Repository) {
  const amd64 = await putImage(repository, { seed: 'a' });
  const arm64 = await putImage(repository, { seed: 'b', architecture: 'arm64' });
  const index = await putIndex(repository, [amd64, arm64], { tag: 'latest' });
  const artifactType = 'application/vnd.example.note';
  const note = await putImage(repository, { seed: 'note', subject: arm64, artifactType });
  const reply = await putImage(repository, { seed: 'reply', subject: note, artifactType });
  const signature = await putImage(repository, { seed: 's', tag: digestTag(index.digest, '.sig') });
  await putImage(repository, { seed: 'unrelated', tag: 'other' });
  return { index, amd64, arm64, note, reply, signature };
}

describe('copy', () => {
  it('takes the whole graph and nothing else', async () => {
    const from = memoryRepository('from');
    const to = memoryRepository('to');
    const { index, arm64, note } = await publish(from);
    await copy(from, to, 'latest', { tags: ['v1'] });

    expect((await to.resolve('v1'))?.digest).toBe(index.digest);
    expect(await to.resolve(arm64.digest)).toBeDefined();
    expect(await to.resolve(note.digest)).toBeUndefined();
    expect(await to.tags()).toEqual(['v1']);
    expect(await validateRepository(to)).toEqual([]);
  });

  it('takes referrers of referrers and digest tags along when told', async () => {
    const from = memoryRepository('from');
    const to = memoryRepository('to');
    const { arm64, note, reply, index } = await publish(from);
    await copy(from, to, 'latest', { referrers: true, digestTags: true });

    expect((await to.referrers(arm64.digest)).map(({ digest }) => digest)).toEqual([note.digest]);
    expect((await to.referrers(note.digest)).map(({ digest }) => digest)).toEqual([reply.digest]);
    expect(await to.tags()).toEqual([digestTag(index.digest, '.sig')]);
    expect(await validateRepository(to)).toEqual([]);
  });

  it('lists anew what a copy that was killed has left in no list', async () => {
    await using folder = await temporaryFolder();
    const from = memoryRepository('from');
    const { arm64, note } = await publish(from);
    const to = openLayout(folder.path);
    await copy(from, to, 'latest', { referrers: true });
    await to.untag(digestTag(arm64.digest));
    const index = join(folder.path, 'index.json');
    const { manifests, ...rest } = JSON.parse(await readFile(index, 'utf8'));
    const others = manifests.filter(({ digest }: { digest: string }) => digest !== note.digest);
    await writeFile(index, JSON.stringify({ ...rest, manifests: others }));
    expect(await to.referrers(arm64.digest)).toEqual([]);

    await copy(from, to, 'latest', { referrers: true });

    expect((await to.referrers(arm64.digest)).map(({ digest }) => digest)).toEqual([note.digest]);
    expect(await to.tags()).toContain(digestTag(arm64.digest));
  });

  it('moves no bytes when all is there, and none by mount', async () => {
    const from = memoryRepository('from');
    const to = memoryRepository('to');
    await publish(from);
    const first = await copy(from, to, 'latest');
    const second = await copy(from, to, 'latest');

    expect(first).toMatchObject({ copied: 3, mounted: 4, present: 0 });
    expect(second).toMatchObject({ copied: 0, mounted: 0, copiedBytes: 0 });
  });

  it('says what is missing and leaves no tag', async () => {
    const to = memoryRepository('to');

    await expect(copy(memoryRepository('from'), to, 'latest')).rejects.toMatchObject({
      code: 'not-found',
      context: { digest: 'latest', where: 'from' },
    });
    expect(await to.tags()).toEqual([]);
  });

  it('names the damaged file of its source, and leaves no tag', async () => {
    await using folder = await temporaryFolder();
    const from = openLayout(folder.path);
    const to = memoryRepository('to');
    const image = await putImage(from, { layers: ['a layer'], tag: 'latest' });
    const { manifest } = await readManifest(from, image);
    const layer = childrenOf(manifest)[1]?.digest.slice('sha256:'.length) ?? '';
    const path = join(folder.path, 'blobs/sha256', layer);
    await writeFile(path, 'A layer');

    await expect(copy(from, to, 'latest', { tags: ['v1'] })).rejects.toMatchObject({
      code: 'digest-mismatch',
      context: { where: path },
    });
    expect(await to.tags()).toEqual([]);
  });
});
