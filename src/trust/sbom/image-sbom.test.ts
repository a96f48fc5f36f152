import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aKernelModule } from '../../kernel/testing/module-builder.ts';
import { asImage } from '../../oci/artifact.ts';
import { readManifest } from '../../oci/manifest.ts';
import { memoryRepository } from '../../oci/memory.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import { chunkImage } from '../../oci/toc/chunked-image.ts';
import { digestOf } from '../../system/digest.ts';
import { imageSbom } from './image-sbom.ts';

const platform = { os: 'linux', architecture: 'amd64' };
const MODULE = 'usr/lib/modules/6.1.0/updates/dkms/zfs.ko';
const STATUS = `Package: bash
Status: install ok installed
Maintainer: Matthias Klose <doko@debian.org>
Architecture: amd64
Version: 5.2.15-2+b7
Source: bash (5.2.15-2)

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
`;

const zfs = aKernelModule({ modinfo: { version: '2.1.11', license: 'CDDL' } });
const base = {
  'usr/lib/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'var/lib/dpkg/status': STATUS,
  'usr/lib/modules/6.1.0/kernel/fs/ext4.ko': 'of the kernel',
  'usr/share/large': randomBytes(4 << 20),
};
const image = () => [
  gzipLayer(base),
  gzipLayer({ [MODULE]: zfs, 'usr/lib/modules/6.1.0/extra/odd.ko': 'odd' }),
];

describe(imageSbom, () => {
  it.each(['garbage\n\0\n', ''])(
    'tells a damaged database from an empty one: %j',
    async (status) => {
      const repository = memoryRepository('registry.example/os');
      const layer = gzipLayer({ ...base, 'var/lib/dpkg/status': status });
      const { digest } = await putLayers(repository, [layer]);

      const listed = imageSbom(repository, digest, { platform }).then(({ packages }) => packages);

      if (status === '') expect(await listed).toBe(0);
      else await expect(listed).rejects.toMatchObject({ code: 'invalid-content' });
    },
  );

  it('lists what is installed, and the modules that the kernel did not bring', async () => {
    const repository = memoryRepository('registry.example/os');
    const { digest } = await putLayers(repository, image());

    const sbom = await imageSbom(repository, digest, { platform });

    expect(sbom).toMatchObject({ digest, packages: 1, modules: 2 });
    const [root, ...parts] = sbom.document.packages;
    expect(root).toMatchObject({ SPDXID: 'SPDXRef-Image', name: 'registry.example/os' });
    expect(parts).toEqual([
      expect.objectContaining({
        name: 'bash',
        versionInfo: '5.2.15-2+b7',
        sourceInfo: 'built from bash (5.2.15-2)',
        originator: 'Person: Matthias Klose <doko@debian.org>',
      }),
      expect.objectContaining({ name: 'odd', comment: 'kernel module for Linux 6.1.0' }),
      expect.objectContaining({
        name: 'zfs',
        versionInfo: '2.1.11',
        licenseComments: 'it says: CDDL',
        packageFileName: MODULE,
        checksums: [{ algorithm: 'SHA256', checksumValue: digestOf(zfs).slice(7) }],
      }),
    ]);
    const ids = sbom.document.packages.map(({ SPDXID }) => SPDXID);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says the same of the same image, and fetches little of one with tables of contents', async () => {
    const repository = memoryRepository('registry.example/os');
    const plain = await putLayers(repository, image());
    const chunked = await chunkImage(repository, repository, plain);
    const { manifest } = asImage(await readManifest(repository, chunked));
    const size = manifest.layers.reduce((sum, layer) => sum + layer.size, 0);

    const first = await imageSbom(repository, chunked.digest, { platform });
    const second = await imageSbom(repository, chunked.digest, { platform });

    expect(second.document).toEqual(first.document);
    expect(first.packages).toBe(1);
    expect(first.transfer.bytes).toBeLessThan(size / 100);
  });
});
