import { describe, expect, it } from 'vitest';
import { configDigest } from './load.ts';
import { SingleConfig } from './schema.ts';

const stream = (change: object = {}) =>
  SingleConfig.parse({
    version: 1,
    name: 'kinoite-zfs',
    base: { image: 'registry.example/kinoite:44' },
    builder: { image: 'registry.example/fedora:44' },
    modules: [{ name: 'zfs', openzfs: '2.4' }],
    publish: { registry: 'registry.example/me', image: 'kinoite-zfs', kmods: 'kmods' },
    ...change,
  });
const withTrust = (trust: object) => configDigest(stream({ trust }));

describe(configDigest, () => {
  it('is the same whoever signs, and whose verdicts count', () => {
    const keyless = { root: 'root.json' };
    for (const trust of [
      { key: 'env:KEY' },
      { key: 'env:OTHER', password: 'env:P', public: 'cosign.pub', tags: true },
      { key: 'env:KEY', verdicts: 'cosign.pub', as: ['mirror.example/me/os'] },
      { keyless },
    ])
      expect(withTrust(trust)).toBe(configDigest(stream()));
  });

  it('is another one for another base, and for what hosts are told', () => {
    const hosts = { key: 'env:KEY', public: 'cosign.pub', hosts: true };
    const all = [
      configDigest(stream()),
      withTrust(hosts),
      withTrust({ ...hosts, hosts: 'enforce' }),
      withTrust({ ...hosts, public: ['cosign.pub', 'new.pub'] }),
      withTrust({ ...hosts, as: ['mirror.example/me/os'] }),
      withTrust({ key: 'env:KEY', base: { key: 'base.pub' } }),
    ];

    expect(new Set(all).size).toBe(all.length);
    expect(withTrust({ ...hosts, key: 'env:OTHER', tags: true })).toBe(withTrust(hosts));
  });
});
