import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { composeImage } from '../src/compose/compose.ts';
import { rpmContainerfile } from '../src/compose/rpm-containerfile.ts';
import { openBuildah, removeStorage } from '../src/container/buildah.ts';
import { readLayers } from '../src/container/image.ts';
import { writeKmodsImage } from '../src/kmods/image/image.ts';
import { collectRpms } from '../src/kmods/rpm/collect.ts';
import { openLayout, openLayoutRegistry } from '../src/oci/layout/layout.ts';
import { requireDescriptor } from '../src/oci/manifest.ts';
import { openImageTree } from '../src/oci/tree/tree.ts';
import { installedRpms } from '../src/stream/image/installed-packages.ts';
import { digestOf } from '../src/system/digest.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { DEFAULT_CACHE } from '../testbed/cache.ts';
import { buildRpms } from '../testbed/rpmbuild.ts';
import { makeTestbed } from '../testbed/testbed.ts';

const env = process.env;
const created = '2026-11-20T12:00:00Z';

it('puts one user space into an image whose kernels each have kmods with one', async () => {
  await using folder = await temporaryFolder();
  const images = openLayoutRegistry(folder.path);
  const request = { images, kernels: [1, 0], only: 'base' } as const;
  const testbed = await makeTestbed({ cache: DEFAULT_CACHE, env, ...request });
  const kernels = testbed.kernels.map(({ release }) => release);
  await mkdir(join(folder.path, 'rpms'));
  for (const kernel of kernels) await putKmods(folder.path, kernel);

  const { digest } = await compose(folder.path, kernels);

  const tree = await openImageTree(images.repository('base'), digest);
  const names = (await installedRpms(tree)).map(({ name }) => name);
  const [userland] = await Array.fromAsync(tree.readMany(new Set(['usr/bin/x'])));
  expect(names.filter((name) => name.startsWith('kmod-x-'))).toHaveLength(kernels.length);
  expect(names.filter((name) => name === 'x')).toHaveLength(1);
  expect(userland?.content.toString()).toBe(`${kernels.at(-1)}\n`);
});

/** A kmods image as builds of OpenZFS leave it: the modules, and what needs no kernel. */
async function putKmods(folder: string, kernel: string): Promise<void> {
  const output = join(folder, 'rpms', kernel);
  await buildRpms(specFor(kernel), { output, env });
  const repository = openLayout(join(folder, 'kmods'));
  const module = { name: 'x', version: '1', source: digestOf(kernel), options: [] };
  const key = {
    kernel: { release: kernel, version: kernel },
    modules: [module],
    compiler: 'gcc',
    recipe: '1',
  };
  const packages = await collectRpms(output);
  const kmods = { key, architecture: 'amd64', created, packages, modules: { x: [] } };
  const descriptor = await writeKmodsImage(repository, kmods, { scratch: folder });
  await repository.tag(tagFor(kernel), descriptor);
}

async function compose(folder: string, kernels: readonly string[]) {
  const storage = { storage: join(folder, 'storage'), env, root: process.getuid?.() === 0 };
  const repository = openLayout(join(folder, 'base'));
  const containerfile = rpmContainerfile({
    base: 'oci:base:latest',
    kmods: kernels.map((kernel) => ({ kernel, reference: `oci:kmods:${tagFor(kernel)}` })),
    remove: [],
    load: [],
    enable: [],
    installer: 'dnf',
    has: { packages: false, overlay: false },
    labels: {},
  });
  const layouts = ['base', 'kmods'].map((name) => ({ name, path: join(folder, name) }));
  const request = { containerfile, folder: join(folder, 'context'), packages: [], layouts };
  const base = await readLayers(repository, await requireDescriptor(repository, 'latest'));
  const facts = { base, architecture: 'amd64', created, labels: {}, annotations: {} };
  try {
    const buildah = await openBuildah(storage);
    return await composeImage(buildah, repository, { ...request, ...facts }, () => undefined);
  } finally {
    await removeStorage(storage);
  }
}

function tagFor(kernel: string): string {
  return kernel.replaceAll('+', '_');
}

/** Name and version of the user space are the same for every kernel, its content is not. */
function specFor(kernel: string): string {
  return `Name: kmod-x-${kernel}
Version: 1
Release: 1
Summary: Modules
License: None
Requires: kernel-uname-r = ${kernel}
Requires: x = 1
Provides: x-kmod = 1-1
%description
Modules for one kernel.
%package -n x
Summary: User space
Requires: x-kmod >= 1
%description -n x
What runs beside the modules.
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/lib/modules/${kernel}/extra
echo '${kernel}' > %{buildroot}/usr/bin/x
echo module > %{buildroot}/usr/lib/modules/${kernel}/extra/x.txt
%files
/usr/lib/modules/${kernel}/extra/x.txt
%files -n x
/usr/bin/x
`;
}
