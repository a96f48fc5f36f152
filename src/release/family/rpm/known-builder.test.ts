import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../../oci/memory.ts';
import type { Repository } from '../../../oci/repository.ts';
import { anRpm, anRpmInputs, aStream, type BuiltInputs } from '../../testing/inputs.ts';
import { putKmods } from '../../testing/kmods.ts';
import { recordBuiltIn } from './built-in.ts';
import { NO_BUILDER, rpmSet, wantedInBuilder } from './choose.ts';
import { knownBuilder } from './known-builder.ts';

const stream = aStream();
const registry = memoryRegistry();
const image = registry.repository('image');

/** Stores the kmods of these inputs as a build would. */
async function build(kmods: Repository, inputs: BuiltInputs): Promise<void> {
  const descriptor = await putKmods(kmods, inputs);
  const wanted = wantedInBuilder(stream, inputs);
  await recordBuiltIn(kmods, descriptor, { builder: inputs.builder, wanted });
}

const ask = (kmods: Repository, inputs: BuiltInputs, cache?: Repository) =>
  knownBuilder(
    { stream, ends: { image, stable: image, kmods, ...(cache && { cache }) } },
    { ...inputs, builder: { ...inputs.builder, ...NO_BUILDER } },
  );

describe(knownBuilder, () => {
  it('is what the kmods were built in, under the name that the stream has for it', async () => {
    const kmods = memoryRegistry().repository('kmods');
    const inputs = anRpmInputs();
    await build(kmods, inputs);
    const builder = { ...inputs.builder, reference: 'mirror.example.org/fedora:44' };

    expect(await ask(kmods, { ...inputs, builder })).toEqual(builder);
  });

  it('is found where main keeps its kmods', async () => {
    const [kmods, cache] = [
      memoryRegistry().repository('br'),
      memoryRegistry().repository('kmods'),
    ];
    const inputs = anRpmInputs();
    await build(cache, inputs);

    expect(await ask(kmods, inputs, cache)).toEqual(inputs.builder);
  });

  it('is unknown when nothing says in what they were built', async () => {
    const kmods = memoryRegistry().repository('kmods');
    const inputs = anRpmInputs();
    await putKmods(kmods, inputs);

    expect(await ask(kmods, inputs)).toBeUndefined();
  });

  it.each<[string, (inputs: BuiltInputs) => BuiltInputs]>([
    [
      'the image of the builder has moved',
      (inputs) => ({ ...inputs, builder: { ...inputs.builder, digest: inputs.base.digest } }),
    ],
    [
      'a module has moved',
      (inputs) => ({
        ...inputs,
        modules: inputs.modules.map((one) => ({ ...one, options: ['another'] })),
      }),
    ],
    [
      'one of several kernels is missing',
      (inputs) => ({
        ...inputs,
        base: { ...inputs.base, kernels: ['6.1.0-1', ...inputs.base.kernels] },
      }),
    ],
  ])('is unknown when %s', async (_, change) => {
    const kmods = memoryRegistry().repository('kmods');
    const inputs = anRpmInputs();
    await build(kmods, {
      ...inputs,
      builder: { ...inputs.builder, packages: rpmSet([anRpm('gcc')]) },
    });

    expect(await ask(kmods, change(inputs))).toBeUndefined();
  });
});
