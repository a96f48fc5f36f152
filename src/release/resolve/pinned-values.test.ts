import { describe, expect, it } from 'vitest';
import { KMODS_ANNOTATION } from '../../kmods/image/image.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { putImage } from '../../oci/testing/image.ts';
import { digestOf } from '../../system/digest.ts';
import { silent } from '../../system/event.ts';
import { runContext } from '../context/new-run.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { kmodsKeysOf } from '../inputs/keys.ts';
import { baseTag, kmodsTag } from '../record/tags.ts';
import { aDebianInputs, anRpmInputs, aStream } from '../testing/inputs.ts';
import { newestKeyOf, putKmods } from '../testing/kmods.ts';
import { pinnedValues } from './pinned-values.ts';

function resolvedFrom(inputs: Inputs) {
  const registry = memoryRegistry();
  const stream = aStream({ publish: { ...aStream().publish, registry: 'registry.example/me/' } });
  const signal = new AbortController().signal;
  const world = { env: {}, now: () => new Date(0), signal, emit: silent, project: '/nowhere' };
  const context = runContext(stream, { ...world, registry, id: 'id' });
  return { context, inputs, kmodsKeys: kmodsKeysOf(inputs), compat: [] };
}

describe(pinnedValues, () => {
  it('names the images of a stream on an image by their digests', async () => {
    const inputs = anRpmInputs();

    expect(await pinnedValues(resolvedFrom(inputs))).toEqual({
      BASE_IMAGE: `registry.example/kinoite@${inputs.base.digest}`,
      KERNEL_RELEASE: '6.18.9-200.fc44.x86_64',
      OS_VERSION: '44',
      ZFS_VERSION: '2.4.3',
      BUILDER_IMAGE: `registry.example/fedora@${inputs.builder.digest}`,
    });
  });

  it('names what is stored: the base of a Debian stream, and kmods with just this key', async () => {
    const inputs = aDebianInputs();
    const resolved = resolvedFrom(inputs);
    const { image, kmods } = resolved.context.ends;
    const key = newestKeyOf(inputs);
    const [module] = key.modules;
    const tag = kmodsTag(module ?? { name: '', version: '' }, inputs.base.kernelRelease);
    const withKey = (key: object) => ({ [KMODS_ANNOTATION.keyInputs]: JSON.stringify(key) });
    const base = await putImage(image, { tag: baseTag(inputs.base.packages.digest, '12') });
    await putImage(kmods, {
      tag,
      annotations: withKey({ ...key, compiler: 'gcc-13' }),
    });

    const stale = await pinnedValues(resolved);
    const right = await putImage(kmods, { tag, annotations: withKey(key) });

    expect(stale.BASE_IMAGE).toBe(`registry.example/me/debian-acpi@${base.digest}`);
    expect(stale.KMODS_IMAGE).toBeUndefined();
    expect(await pinnedValues(resolved)).toMatchObject({
      KMODS_IMAGE: `registry.example/me/kmods-acpi@${right.digest}`,
      ACPI_CALL_VERSION: '1.2.2-2',
    });
  });

  it('tells the newest kernel under the plain names, and the others with numbers', async () => {
    const inputs = anRpmInputs();
    const base = { ...inputs.base, kernels: ['6.17.1', inputs.base.kernelRelease] };
    const resolved = resolvedFrom({ ...inputs, base });
    const older = { ...inputs, base: { ...base, kernels: ['6.17.1'] } };
    const { digest } = await putKmods(resolved.context.ends.kmods, older);

    expect(await pinnedValues(resolved)).toMatchObject({
      KERNEL_RELEASE: inputs.base.kernelRelease,
      KMODS_IMAGE_2: `registry.example/me/kmods-acpi@${digest}`,
      KERNEL_RELEASE_2: '6.17.1',
    });
  });

  it('refuses modules whose values would have one name', async () => {
    const inputs = aDebianInputs();
    const [module] = inputs.modules;
    if (!module) throw new Error('no module');
    const twice = { ...inputs, modules: [module, { ...module, name: 'acpi.call' }] };

    await expect(pinnedValues(resolvedFrom(twice))).rejects.toThrow(/called ACPI_CALL_VERSION/);
    const os = { ...inputs, modules: [{ ...module, name: 'os', version: digestOf('x') }] };
    await expect(pinnedValues(resolvedFrom(os))).rejects.toThrow(/called OS_VERSION/);
  });
});
