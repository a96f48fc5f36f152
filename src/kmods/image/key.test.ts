import { describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { type KmodsKey, keyDifferences, kmodsKeyDigest } from './key.ts';

function aKey(change: Partial<KmodsKey> = {}): KmodsKey {
  return {
    kernel: { release: '6.1.0-50-cloud-amd64', version: '6.1.176-1' },
    modules: [{ name: 'zfs', version: '2.1.11-1', source: digestOf('a'), options: [] }],
    compiler: '12.2.0-14',
    recipe: '1',
    ...change,
  };
}

describe('kmodsKeyDigest', () => {
  it('is the same for the same key, however it is written', () => {
    const { kernel, ...rest } = aKey();

    expect(kmodsKeyDigest({ ...rest, kernel })).toBe(kmodsKeyDigest(aKey()));
  });
});

describe('keyDifferences', () => {
  it('finds none between equal keys', () => {
    expect(keyDifferences(aKey(), aKey())).toEqual([]);
  });

  it('names what differs and both values', () => {
    const found = aKey({ compiler: '12.2.0-13', modules: [] });

    expect(keyDifferences(aKey(), found)).toEqual([
      'compiler 12.2.0-14, was 12.2.0-13',
      'zfs version 2.1.11-1, was not there',
      `zfs source ${digestOf('a')}, was not there`,
      'zfs options none, was not there',
    ]);
  });
});
