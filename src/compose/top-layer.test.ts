import { describe, expect, it } from 'vitest';
import { membersOf } from './top-layer.ts';

describe(membersOf, () => {
  it('puts folders before what lies in them, each once, and none of the root', () => {
    const members = membersOf([
      { path: 'etc/containers/policy.json', text: '{}' },
      { path: 'etc/containers/registries.d/zfs.yaml', text: 'docker:' },
      { path: 'usr', text: '' },
    ]);

    expect(members.map(({ header }) => [header.path, header.type ?? 'file'])).toEqual([
      ['etc/containers', 'directory'],
      ['etc/containers/registries.d', 'directory'],
      ['etc/containers/policy.json', 'file'],
      ['etc/containers/registries.d/zfs.yaml', 'file'],
      ['usr', 'file'],
    ]);
  });
});
