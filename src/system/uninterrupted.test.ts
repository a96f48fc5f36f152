import { describe, expect, it } from 'vitest';
import { uninterrupted, whenInterruptible } from './uninterrupted.ts';

describe(uninterrupted, () => {
  it('makes others wait for its end, also for a bad one', async () => {
    const said: string[] = [];
    const { promise, reject } = Promise.withResolvers<void>();
    await whenInterruptible();
    const work = uninterrupted(() => promise).catch(() => said.push('work'));
    const waited = whenInterruptible().then(() => said.push('end'));
    await Promise.resolve();
    expect(said).toEqual([]);

    reject(new Error('no'));
    await Promise.all([work, waited]);

    expect(said.sort()).toEqual(['end', 'work']);
  });
});
