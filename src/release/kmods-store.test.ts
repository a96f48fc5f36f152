import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../oci/memory.ts';
import { kmodsKeyOf } from './keys.ts';
import { findKmods } from './kmods-store.ts';
import { aDeb, aDebianInputs } from './testing/inputs.ts';
import { putKmods } from './testing/kmods.ts';

describe('findKmods', () => {
  it('finds what another stream built for the same kernel', async () => {
    const repository = memoryRegistry().repository('kmods');
    const first = aDebianInputs({ stream: 'desktop' });
    const second = aDebianInputs({ stream: 'server', packages: { image: [aDeb('podman')] } });
    const built = await putKmods(repository, first);

    expect(await findKmods(repository, kmodsKeyOf(second))).toEqual({
      descriptor: built,
      differences: [],
    });
  });

  it('keeps apart what streams build differently for the same kernel', async () => {
    const repository = memoryRegistry().repository('kmods');
    const one = aDebianInputs();
    const other = aDebianInputs({ builder: { ...one.builder, compiler: 'gcc-13 13.1.0-1' } });
    const built = [await putKmods(repository, one), await putKmods(repository, other)];

    const found = [one, other].map((inputs) => findKmods(repository, kmodsKeyOf(inputs)));

    expect(await Promise.all(found)).toEqual(
      built.map((descriptor) => ({ descriptor, differences: [] })),
    );
  });

  it('says what differs in what is there for the kernel', async () => {
    const repository = memoryRegistry().repository('kmods');
    const inputs = aDebianInputs();
    await putKmods(repository, inputs);
    const builder = { ...inputs.builder, compiler: 'gcc-13 13.1.0-1' };

    const found = await findKmods(repository, kmodsKeyOf({ ...inputs, builder }));

    expect(found?.differences).toEqual(['compiler gcc-13 13.1.0-1, was gcc-12 12.2.0-14']);
  });
});
