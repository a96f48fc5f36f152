import { describe, expect, it } from 'vitest';
import { changeTag } from './change-tag.ts';
import { documentOf, readManifest } from './manifest.ts';
import { memoryRepository } from './memory.ts';
import type { Repository } from './repository.ts';
import { putImage } from './testing/image.ts';
import { withoutGuard } from './testing/unguarded.ts';

/** Adds a name to the annotations of what a tag names. */
async function addName(repository: Repository, name: string): Promise<boolean> {
  return changeTag(repository, 'list', async (now) => {
    const base = now ?? (await putImage(repository));
    const { manifest } = await readManifest(repository, base);
    if (manifest.annotations?.[name]) return undefined;
    const annotations = { ...manifest.annotations, [name]: 'here' };
    return documentOf({ ...manifest, annotations });
  });
}

async function names(repository: Repository): Promise<string[]> {
  const { manifest } = await readManifest(repository, 'list');
  return Object.keys(manifest.annotations ?? {}).sort();
}

describe('changeTag', () => {
  it('tells whether it wrote', async () => {
    const repository = memoryRepository();

    expect(await addName(repository, 'a')).toBe(true);
    expect(await addName(repository, 'a')).toBe(false);
    expect(await names(repository)).toEqual(['a']);
  });

  it.each([
    ['guards its tags', () => memoryRepository()],
    ['cannot guard its tags', () => withoutGuard(memoryRepository())],
  ])('loses nothing when many change a tag at once in what %s', async (_, open) => {
    const repository = open();
    const wanted = ['a', 'b', 'c', 'd'];

    expect(await Promise.all(wanted.map((name) => addName(repository, name)))).toEqual(
      wanted.map(() => true),
    );
    expect(await names(repository)).toEqual(wanted);
  });

  it('gives up when the change never stays', async () => {
    const repository = withoutGuard(memoryRepository());
    const other = await putImage(repository, { seed: 'other' });
    const deaf: Repository = { ...repository, tag: (name) => repository.tag(name, other) };

    await expect(addName(deaf, 'a')).rejects.toMatchObject({ code: 'conflict' });
  });
});
