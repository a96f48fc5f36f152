import { describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { aDeb, aDebianInputs, anRpmInputs, aStream } from '../testing/inputs.ts';
import { imageKeyOf, keysOf, kmodsKeysOf } from './keys.ts';

const kmods = { '6.1.0': digestOf('kmods') };
const debian = aDebianInputs();
const rpm = anRpmInputs();
const hosts = { name: 'x', scopes: ['registry.example/x'], keys: ['old'], enforce: false };

describe('imageKeyOf', () => {
  it('is the same for what holds the same, whoever made it and wherever it goes', () => {
    const stream = aStream();
    const { publish } = stream;
    const elsewhere = { ...publish, registry: 'quay.io/owner', image: 'x', stable: ['stable'] };
    const others = [
      aStream({ name: 'another' }),
      aStream({ publish: { ...elsewhere, kmods: 'y', compression: 'zstd:chunked' } }),
      aStream({ gates: { boot: 'zfs' } }),
    ];
    const changed = [
      aDebianInputs({ stream: 'another', config: digestOf('another'), tools: {} }),
      aDebianInputs({ builder: { ...debian.builder, packages: aDebianInputs().image.packages } }),
    ];
    const pulled = { ...rpm.base, reference: 'quay.io/x/y:1', tag: '1', index: digestOf('index') };

    const units = (...enable: string[]) => aStream({ image: { packages: [], enable } });

    const key = imageKeyOf(debian, kmods, stream);
    for (const other of others) expect(imageKeyOf(debian, kmods, other)).toBe(key);
    for (const other of changed) expect(imageKeyOf(other, kmods, stream)).toBe(key);
    expect(imageKeyOf(debian, kmods, units('a', 'b'))).toBe(
      imageKeyOf(debian, kmods, units('b', 'a', 'b')),
    );
    expect(imageKeyOf({ ...rpm, base: pulled }, kmods, stream)).toBe(
      imageKeyOf(rpm, kmods, stream),
    );
  });

  it('is another one for what holds something else', () => {
    const keys = [
      imageKeyOf(debian, kmods, aStream()),
      imageKeyOf(debian, { ...kmods, '6.2.0': digestOf('other kmods') }, aStream()),
      imageKeyOf(aDebianInputs({ packages: { base: [aDeb('x')] } }), kmods, aStream()),
      imageKeyOf(aDebianInputs({ packages: { image: [aDeb('x')] } }), kmods, aStream()),
      imageKeyOf(debian, kmods, aStream({ image: { packages: [], enable: ['x.service'] } })),
      imageKeyOf({ ...rpm, base: { ...rpm.base, digest: digestOf('new base') } }, kmods, aStream()),
      imageKeyOf(rpm, kmods, aStream()),
      imageKeyOf(aDebianInputs({ hosts }), kmods, aStream()),
      imageKeyOf(aDebianInputs({ hosts: { ...hosts, keys: ['old', 'new'] } }), kmods, aStream()),
      imageKeyOf(aDebianInputs({ hosts: { ...hosts, enforce: true } }), kmods, aStream()),
    ];

    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('kmodsKeysOf', () => {
  it('is the same for every image over the same kernel, modules and compiler', () => {
    const packages = { base: [aDeb('x')], image: [aDeb('y')] };
    const other = aDebianInputs({ stream: 'another', config: digestOf('another'), packages });

    expect(kmodsKeysOf(other)).toEqual(kmodsKeysOf(debian));
  });

  it('has one for each kernel, which depends on no other kernel', () => {
    const base = { ...rpm.base, kernels: ['6.17.1', '6.18.9'], kernelRelease: '6.18.9' };
    const both = kmodsKeysOf({ ...rpm, base });
    const alone = kmodsKeysOf({ ...rpm, base: { ...base, kernels: ['6.17.1'] } });

    expect(both.map(({ kernel }) => kernel.release)).toEqual(['6.17.1', '6.18.9']);
    expect(both[0]).toEqual(alone[0]);
  });
});

describe('keysOf', () => {
  it('names the key of each kmods image, and makes the image another with each', () => {
    const base = { ...rpm.base, kernels: ['6.17.1', '6.18.9'] };
    const both = keysOf({ ...rpm, base }, aStream());
    const alone = keysOf({ ...rpm, base: { ...base, kernels: ['6.18.9'] } }, aStream());

    expect(Object.keys(both.kmods)).toEqual(['6.17.1', '6.18.9']);
    expect(both.kmods['6.18.9']).toBe(alone.kmods['6.18.9']);
    expect(both.image).not.toBe(alone.image);
  });
});
