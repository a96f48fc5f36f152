import { describe, expect, it } from 'vitest';
import { privateNamespace, scratchInMemory } from './namespace.ts';

describe(scratchInMemory, () => {
  it('takes a part of the memory where there is enough, and none where there is not', () => {
    expect(scratchInMemory(10 * 2 ** 30)).toBe(7 * 2 ** 30);
    expect(scratchInMemory(2 ** 30)).toBeUndefined();
  });
});

describe(privateNamespace, () => {
  it('needs no user namespace as root', () => {
    expect(privateNamespace(process.env, 0).args.join(' ')).not.toContain('map');
  });
});
