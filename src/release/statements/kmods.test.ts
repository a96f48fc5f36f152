import { describe, expect, it } from 'vitest';
import { KMODS_ANNOTATION } from '../../kmods/image/image.ts';
import { kmodsKeyDigest } from '../../kmods/image/key.ts';
import { memoryRepository } from '../../oci/memory.ts';
import { putImage } from '../../oci/testing/image.ts';
import { digestOf } from '../../system/digest.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { aDebianInputs, anRpmInputs } from '../testing/inputs.ts';
import { newestKeyOf, putKmods } from '../testing/kmods.ts';
import { kmodsStatements } from './kmods.ts';

const inputs = aDebianInputs();
const key = newestKeyOf(inputs);

async function statedOf(annotations: Record<string, string>, made: Inputs[] = [inputs]) {
  const repository = memoryRepository('registry.example/kmods');
  const { digest } = await putImage(repository, { annotations });
  const [provenance, sbom] = await kmodsStatements(repository, digest, made);
  return { provenance: provenance?.predicate, sbom: sbom?.predicate };
}

describe(kmodsStatements, () => {
  it('says what it was built from, by the inputs that pin the very same sources', async () => {
    const annotations = { [KMODS_ANNOTATION.keyInputs]: JSON.stringify(key) };
    const source = {
      name: 'module acpi-call: acpi-call-dkms_1.2.2-2_all.deb',
      digest: { sha256: digestOf('acpi-call').slice(7) },
    };

    expect((await statedOf(annotations)).provenance).toMatchObject({
      buildDefinition: {
        externalParameters: {
          kernel: key.kernel,
          modules: [{ name: 'acpi-call', version: '1.2.2-2', options: [] }],
          key: kmodsKeyDigest(key),
        },
        internalParameters: { compiler: key.compiler, recipe: key.recipe },
        resolvedDependencies: [source],
      },
    });
    const others = [anRpmInputs(), { ...inputs, modules: inputs.modules.map(withOtherFile) }];
    expect((await statedOf(annotations, others)).provenance).toMatchObject({
      buildDefinition: { resolvedDependencies: [] },
    });
  });

  it('lists the packages that lie in it', async () => {
    const packages = [
      { path: 'acpi-call-modules-6.1.0_1.2.2-2_amd64.deb', digest: digestOf('deb'), size: 1 },
      {
        path: 'devel/kmod-zfs-devel-2.4.3-1.fc44.x86_64.rpm',
        digest: digestOf('rpm'),
        size: 1,
        name: 'kmod-zfs-devel',
        version: '2.4.3-1.fc44',
        architecture: 'x86_64',
      },
    ];
    const { sbom } = await statedOf({
      [KMODS_ANNOTATION.keyInputs]: JSON.stringify(key),
      [KMODS_ANNOTATION.packages]: JSON.stringify(packages),
    });

    expect(sbom).toMatchObject({
      packages: [
        { name: 'registry.example/kmods' },
        {
          name: 'acpi-call-modules-6.1.0',
          versionInfo: '1.2.2-2',
          packageFileName: packages[0]?.path,
          checksums: [{ checksumValue: digestOf('deb').slice(7) }],
        },
        { name: 'kmod-zfs-devel', versionInfo: '2.4.3-1.fc44' },
      ],
    });
  });

  it('says nothing of an image that does not say what it was built from', async () => {
    const repository = memoryRepository();
    const { digest } = await putImage(repository, {});

    expect(await kmodsStatements(repository, digest, [inputs])).toEqual([]);
    const { digest: built } = await putKmods(repository, inputs);
    expect(await kmodsStatements(repository, built, [inputs])).toHaveLength(2);
  });
});

function withOtherFile(module: (typeof inputs.modules)[number]) {
  return { ...module, files: module.files.map((file) => ({ ...file, name: 'other' })) };
}
