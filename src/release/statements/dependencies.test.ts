import { describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { aDeb, aDebianInputs, anRpm, anRpmInputs } from '../testing/inputs.ts';
import { dependenciesOf } from './dependencies.ts';

describe(dependenciesOf, () => {
  it('names every package and source of a Debian stream, and the overlay', () => {
    const packages = { base: [aDeb('base-files'), aDeb('linux')], image: [aDeb('zfs+', '1:2~1')] };
    const inputs = aDebianInputs({ packages });
    const overlay = digestOf('overlay');

    const hosts = { name: 'os', scopes: ['r.example/os'], keys: ['a key'], enforce: false };
    const all = dependenciesOf({ ...inputs, hosts, image: { ...inputs.image, overlay } });

    expect(all.map(({ name }) => name)).toEqual([
      'base package base-files',
      'base package linux',
      'builder package builder',
      'image package zfs+',
      'module acpi-call: acpi-call-dkms_1.2.2-2_all.deb',
      'overlay',
      'key of hosts',
    ]);
    expect(all[3]).toEqual({
      name: 'image package zfs+',
      uri: 'pkg:deb/debian/zfs%2B@1%3A2~1?arch=amd64',
      digest: digestOf('zfs+ 1:2~1'),
    });
    expect(all.slice(-2).map(({ digest }) => digest)).toEqual([overlay, digestOf('a key')]);
  });

  it('names base, index, builder and what each is given for an image of the Fedora family', () => {
    const index = digestOf('index');
    const inputs = anRpmInputs({ packages: { builder: [anRpm('gcc')], image: [] } });

    const all = dependenciesOf({ ...inputs, base: { ...inputs.base, index } });

    expect(all).toEqual([
      { name: 'base', uri: 'docker://registry.example/kinoite:44', digest: digestOf('base') },
      { name: 'base index', uri: 'docker://registry.example/kinoite:44', digest: index },
      { name: 'builder', uri: 'docker://registry.example/fedora:44', digest: digestOf('builder') },
      expect.objectContaining({ name: 'builder package gcc' }),
      {
        name: 'module zfs: zfs-2.4.3.tar.gz',
        uri: 'https://github.com/openzfs/zfs/releases/download/zfs-2.4.3/zfs-2.4.3.tar.gz',
        digest: digestOf('zfs-2.4.3'),
      },
    ]);
  });
});
