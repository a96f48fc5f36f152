import { describe, expect, it, vi } from 'vitest';
import { readManifest } from './manifest.ts';
import { memoryRegistry } from './memory.ts';
import { rememberingRegistry } from './remembering.ts';
import { putImage } from './testing/image.ts';

describe(rememberingRegistry, () => {
  it('sees a tag that moves meanwhile where it was first seen', async () => {
    const registry = memoryRegistry();
    const first = await putImage(registry.repository('x'), { seed: 'one', tag: 'latest' });
    const look = rememberingRegistry(registry);
    expect((await look.repository('x').resolve('latest'))?.digest).toBe(first.digest);

    const second = await putImage(registry.repository('x'), { seed: 'two', tag: 'latest' });

    expect((await look.repository('x').resolve('latest'))?.digest).toBe(first.digest);
    const other = rememberingRegistry(registry).repository('x');
    expect((await other.resolve('latest'))?.digest).toBe(second.digest);
  });

  it('asks once what several ask at the same time, and reads a manifest once', async () => {
    const repository = memoryRegistry().repository('x');
    const image = await putImage(repository, { seed: 'one', tag: 'latest' });
    const resolve = vi.spyOn(repository, 'resolve');
    const read = vi.spyOn(repository, 'read');
    const look = rememberingRegistry({ repository: () => repository }).repository('x');

    const seen = await Promise.all([1, 2, 3].map(() => readManifest(look, 'latest')));

    expect(seen.map(({ descriptor }) => descriptor.digest)).toEqual(Array(3).fill(image.digest));
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(read).toHaveBeenCalledTimes(1);
  });
});
