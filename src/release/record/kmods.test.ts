import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import { kmodsKeysOf } from '../inputs/keys.ts';
import { aDeb, aDebianInputs, anRpmInputs } from '../testing/inputs.ts';
import { newestKeyOf, putKmods } from '../testing/kmods.ts';
import { findKmods, storedKmods } from './kmods.ts';

describe('findKmods', () => {
  it('finds what another stream built for the same kernel', async () => {
    const repository = memoryRegistry().repository('kmods');
    const first = aDebianInputs({ stream: 'desktop' });
    const second = aDebianInputs({ stream: 'server', packages: { image: [aDeb('podman')] } });
    const built = await putKmods(repository, first);

    expect(await findKmods(repository, newestKeyOf(second))).toEqual({
      descriptor: built,
      differences: [],
    });
  });

  it('keeps apart what streams build differently for the same kernel', async () => {
    const repository = memoryRegistry().repository('kmods');
    const one = aDebianInputs();
    const other = aDebianInputs({ builder: { ...one.builder, compiler: 'gcc-13 13.1.0-1' } });
    const built = [await putKmods(repository, one), await putKmods(repository, other)];

    const found = [one, other].map((inputs) => findKmods(repository, newestKeyOf(inputs)));

    expect(await Promise.all(found)).toEqual(
      built.map((descriptor) => ({ descriptor, differences: [] })),
    );
  });

  it('says what differs in what is there for the kernel', async () => {
    const repository = memoryRegistry().repository('kmods');
    const inputs = aDebianInputs();
    await putKmods(repository, inputs);
    const builder = { ...inputs.builder, compiler: 'gcc-13 13.1.0-1' };

    const found = await findKmods(repository, newestKeyOf({ ...inputs, builder }));

    expect(found?.differences).toEqual(['compiler gcc-13 13.1.0-1, was gcc-12 12.2.0-14']);
  });
});

describe('storedKmods', () => {
  it('finds the kmods of each kernel by its own key', async () => {
    const repository = memoryRegistry().repository('kmods');
    const { base, ...rest } = anRpmInputs();
    const inputs = (...kernels: string[]) => ({ ...rest, base: { ...base, kernels } });
    const old = await putKmods(repository, inputs('6.17.1'));
    const keys = kmodsKeysOf(inputs('6.17.1', '6.18.9'));

    expect(await storedKmods(repository, keys)).toEqual([{ kernel: '6.17.1', descriptor: old }]);
    const newest = await putKmods(repository, inputs('6.18.9'));

    expect(await storedKmods(repository, keys)).toEqual([
      { kernel: '6.17.1', descriptor: old },
      { kernel: '6.18.9', descriptor: newest },
    ]);
  });
});
