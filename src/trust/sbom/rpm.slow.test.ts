import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Descriptor } from '../../oci/descriptor.ts';
import { memoryRepository } from '../../oci/memory.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import { chunkImage } from '../../oci/toc/chunked-image.ts';
import { runOk } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { imageSbom } from './image-sbom.ts';

const DATABASE = 'usr/lib/sysimage/rpm';
const platform = { os: 'linux', architecture: 'amd64' };

/** What rpm is asked of each package; a package without an epoch or a vendor says nothing there. */
const ASKED =
  '%{NAME}|%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}|%{SOURCERPM}|%{LICENSE}|%|VENDOR?{%{VENDOR}}|\\n';

const SPEC = `Name: tools
Version: 1.0~rc1^20261127
Release: 3.fc44
Epoch: 2
Summary: tools
License: MIT AND (GPL-2.0-only WITH Linux-syscall-note)
Vendor: Example, Inc. <me@example.org>
BuildArch: noarch
%description
Tools.
%package -n libtools
Summary: a library
Epoch: 0
Version: 7
License: LGPL-2.1-or-later
%description -n libtools
A library.
%package empty
Summary: nothing
%description empty
Nothing.
%install
mkdir -p %{buildroot}/usr/share
echo tools > %{buildroot}/usr/share/tools
echo library > %{buildroot}/usr/share/libtools
%files
/usr/share/tools
%files -n libtools
/usr/share/libtools
%files empty
`;

describe('the sbom of an image with a database that rpm wrote', () => {
  let folder: TemporaryFolder;
  let root: string;
  const repository = memoryRepository('registry.example/os');
  let images: Record<'gzip' | 'zstd:chunked', Descriptor>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    root = join(folder.path, 'root');
    const built = await build(folder.path);
    await runOk('rpm', ['--root', root, '--dbpath', `/${DATABASE}`, '--initdb']);
    await runOk('rpm', ['--root', root, '--dbpath', `/${DATABASE}`, '-i', '--nodeps', ...built]);
    const names = await readdir(join(root, DATABASE));
    const files = await Promise.all(
      names.map(async (name) => [
        `${DATABASE}/${name}`,
        await readFile(join(root, DATABASE, name)),
      ]),
    );
    const system = { 'usr/lib/os-release': 'ID=fedora\nVERSION_ID=44\n' };
    const gzip = await putLayers(repository, [
      gzipLayer({ ...system, ...(Object.fromEntries(files) as Record<string, Buffer>) }),
    ]);
    images = { gzip, 'zstd:chunked': await chunkImage(repository, repository, gzip) };
  }, 60_000);
  afterAll(() => folder[Symbol.asyncDispose]());

  it.each(['gzip', 'zstd:chunked'] as const)('lists what rpm -qa lists, in %s', async (form) => {
    const query = ['--root', root, '--dbpath', `/${DATABASE}`, '-qa', '--qf', ASKED];
    const { stdout } = await runOk('rpm', query);
    // An epoch of 0 is none.
    const told = stdout.trim().replaceAll('|0:', '|').split('\n').sort();

    const { document } = await imageSbom(repository, images[form], { platform });

    const [, ...packages] = document.packages;
    expect(packages.map(lineOf).sort()).toEqual(told);
    expect(told).toHaveLength(3);
    const tools = packages.find(({ name }) => name === 'tools');
    expect(tools).toMatchObject({
      externalRefs: [
        {
          referenceLocator:
            'pkg:rpm/fedora/tools@1.0~rc1%5E20261127-3.fc44?arch=noarch&distro=fedora-44&epoch=2&upstream=tools-1.0~rc1%5E20261127-3.fc44.src.rpm',
        },
      ],
    });
  });
});

/** A package of the document, as rpm is asked for it. */
function lineOf(one: Record<string, unknown> & { name: string }): string {
  const said = (key: string, before: string) => {
    const text = one[key];
    return typeof text === 'string' ? text.slice(before.length) : '';
  };
  return [
    one.name,
    said('versionInfo', ''),
    said('sourceInfo', 'built from '),
    said('licenseComments', 'it says: '),
    said('originator', 'Organization: '),
  ].join('|');
}

async function build(top: string): Promise<string[]> {
  await mkdir(top, { recursive: true });
  const spec = join(top, 'package.spec');
  await writeFile(spec, SPEC);
  await runOk('rpmbuild', ['-bb', '--define', `_topdir ${top}`, spec]);
  const packages = join(top, 'RPMS/noarch');
  return (await readdir(packages)).map((name) => join(packages, name));
}
