import { describe, expect, it } from 'vitest';
import { memoryRepository } from '../memory.ts';
import { putImage } from '../testing/image.ts';
import { tarLayer } from '../testing/layers.ts';
import { sharedImageTree } from './shared.ts';

describe('sharedImageTree', () => {
  it('opens an image once for all who ask, and again after a failure', async () => {
    const repository = memoryRepository();
    const image = await putImage(repository, { layers: [tarLayer({ a: 'x' })] });
    expect(await sharedImageTree(repository, image)).toBe(await sharedImageTree(repository, image));
    const broken = await putImage(repository, { layers: ['x'.repeat(600)] });
    const first = sharedImageTree(repository, broken);
    await expect(first).rejects.toThrow();
    expect(sharedImageTree(repository, broken)).not.toBe(first);
    await expect(sharedImageTree(repository, broken)).rejects.toThrow();
  });
});
