import { describe, expect, it } from 'vitest';
import { archiveKernel } from '../truth/kernels/archive-kernel.ts';
import { DEFAULT_CACHE, openPlace } from '../truth/kernels/place.ts';
import { FEW } from '../truth/kernels/selection.ts';
import { allCases, measure } from '../truth/measure.ts';
import { prepare } from '../truth/subjects.ts';

/** Damaged files break kernels of this age, and each such guest costs a boot. */
const LEFT_TO_THE_FULL_RUN = new Set(['sections', 'struct module', 'relocations']);

describe('the gate and two real kernels', () => {
  it('agree on every module', async () => {
    await using place = await openPlace(DEFAULT_CACHE, process.env);
    const subjects = [];
    for (const few of FEW) subjects.push(await prepare(await archiveKernel(few, place)));

    const pairs = [];
    for (const subject of subjects) {
      const cases = await allCases(subject, subjects);
      const chosen = cases.filter(({ heading }) => !LEFT_TO_THE_FULL_RUN.has(heading));
      pairs.push(...(await measure(subject, chosen, { enforced: false, env: process.env })));
    }

    expect(pairs.filter(({ disagreement }) => disagreement)).toEqual([]);
    expect(pairs.length).toBeGreaterThan(300);
    expect(pairs.filter(({ kernelDid }) => kernelDid === 'loaded').length).toBeGreaterThan(100);
    expect(pairs.filter(({ kernelDid }) => kernelDid === 'refused').length).toBeGreaterThan(100);
  });
});
