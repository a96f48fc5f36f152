import { describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { aDeb, aDebianInputs, anRpm, anRpmInputs } from '../testing/inputs.ts';
import { diffInputs, isSame } from './diff.ts';

describe(diffInputs, () => {
  it('finds nothing between the same, whatever the machine had for tools', () => {
    const diff = diffInputs(aDebianInputs(), aDebianInputs({ tools: { node: '26.0.0' } }));

    expect(isSame(diff)).toBe(true);
    expect(diff.tools).toEqual([
      { what: 'node', from: '24.0.0', to: '26.0.0' },
      { what: 'buildah', from: '1.28.2' },
    ]);
  });

  it('names packages that came, went and moved, by the order of Debian versions', () => {
    const before = [aDeb('gone'), aDeb('up', '1.0~rc1-1'), aDeb('down', '1:1.0-1'), aDeb('same')];
    const after = [
      aDeb('new'),
      aDeb('up', '1.0-1'),
      aDeb('down', '2.0-1'),
      { ...aDeb('same'), sha256: digestOf('other').slice(7) },
    ];

    const diff = diffInputs(
      aDebianInputs({ packages: { image: before } }),
      aDebianInputs({ packages: { image: after } }),
    );

    expect(diff.packages).toEqual({
      image: {
        added: [{ name: 'new', version: '1.0-1' }],
        removed: [{ name: 'gone', version: '1.0-1' }],
        upgraded: [{ name: 'up', from: '1.0~rc1-1', to: '1.0-1' }],
        downgraded: [{ name: 'down', from: '1:1.0-1', to: '2.0-1' }],
        rebuilt: [{ name: 'same', version: '1.0-1' }],
      },
    });
    expect(isSame(diff)).toBe(false);
  });

  it('orders RPM packages as rpm does, and counts each of several kernels by itself', () => {
    const devel = (...versions: string[]) => versions.map((one) => anRpm('kernel-devel', one));
    const before = [anRpm('gcc', '2.0^git1-1'), ...devel('6.17.1-1', '6.17.2-1')];
    const after = [anRpm('gcc', '2.0-9'), ...devel('6.17.2-1', '6.18.1-1')];

    const diff = diffInputs(
      anRpmInputs({ packages: { builder: before } }),
      anRpmInputs({ packages: { builder: after } }),
    );

    expect(diff.packages.builder).toMatchObject({
      added: [{ name: 'kernel-devel', version: '6.18.1-1' }],
      removed: [{ name: 'kernel-devel', version: '6.17.1-1' }],
      downgraded: [{ name: 'gcc', from: '2.0^git1-1', to: '2.0-9' }],
    });
  });

  it('names kernel, base, builder, modules, overlay and configuration', () => {
    const before = anRpmInputs();
    const [zfs] = before.modules;
    const after = anRpmInputs({
      config: digestOf('other'),
      base: {
        ...before.base,
        kernels: [before.base.kernelRelease, '6.18.10'],
        kernelRelease: '6.18.10',
        removed: ['6.16.1'],
        digest: digestOf('next'),
        tag: undefined,
      },
      builder: { ...before.builder, compiler: 'gcc 16' },
      modules: zfs ? [{ ...zfs, version: '2.4.4' }] : [],
      image: { ...before.image, overlay: digestOf('overlay') },
      hosts: { name: 'zfs', scopes: ['registry.example/zfs'], keys: ['a'], enforce: true },
    });

    expect(diffInputs(before, after).changes).toEqual([
      { what: 'kernel', from: '6.18.9-200.fc44.x86_64', to: '6.18.10' },
      { what: 'older kernels', to: '6.18.9-200.fc44.x86_64' },
      { what: 'base tag', from: '44.20261120.0' },
      { what: 'kernels taken out', to: '6.16.1' },
      { what: 'base digest', from: digestOf('base'), to: digestOf('next') },
      { what: 'compiler', from: 'gcc 15.2.1-1.fc44', to: 'gcc 16' },
      { what: 'keys of hosts', to: 'ca97811 for registry.example/zfs, enforced' },
      { what: 'overlay', to: digestOf('overlay') },
      { what: 'configuration', from: digestOf('config'), to: digestOf('other') },
      { what: 'zfs version', from: '2.4.3', to: '2.4.4' },
    ]);
  });
});
