import { describe, expect, it } from 'vitest';
import { archiveKernel } from '../truth/kernels/archive-kernel.ts';
import { DEFAULT_CACHE, openPlace } from '../truth/kernels/place.ts';
import { FEW } from '../truth/kernels/selection.ts';
import { measureProbing } from '../truth/probing/measure.ts';

describe('the gate and the kmod of a real guest', () => {
  it('agree on which file counts, and on what is loaded', async () => {
    await using place = await openPlace(DEFAULT_CACHE, process.env);
    const [selection] = FEW;
    if (!selection) throw new Error('no kernel');
    const kernel = await archiveKernel(selection, place);

    const found = await measureProbing(kernel, process.env);

    expect(found.filter(({ disagrees }) => disagrees)).toEqual([]);
    expect(found.length).toBeGreaterThan(45);
    expect(found.filter(({ guest }) => guest.byName).length).toBeGreaterThan(20);
    expect(found.filter(({ guest }) => !guest.byName).length).toBeGreaterThan(10);
  });
});
