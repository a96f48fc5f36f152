import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDirectoryTree } from '../../file/directory-tree.ts';
import { checkPackage } from '../../package/check-package.ts';
import { readDeb } from '../../package/deb.ts';
import { readRpm } from '../../package/rpm.ts';
import { runOk } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { packageGate } from './gate.ts';

const KERNEL = '7.1.4-204.fc44.x86_64';
const MODULE = `lib/modules/${KERNEL}/extra/zfs/zfs.ko`;
const NAME = `kmod-zfs-${KERNEL}`;

let folder: TemporaryFolder;
let rpm: string;
let root: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  rpm = await buildRpm(`Requires: kernel-uname-r = ${KERNEL}`);
  root = join(folder.path, 'root');
  await runOk('rpm', ['--root', root, '--dbpath', '/usr/lib/sysimage/rpm', '--initdb']);
  const install = [
    '--root',
    root,
    '--dbpath',
    '/usr/lib/sysimage/rpm',
    '-i',
    '--nodeps',
    '--noscripts',
  ];
  await runOk('rpm', [...install, rpm]);
});

afterAll(() => folder[Symbol.asyncDispose]());

async function put(path: string, content: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function buildRpm(requires: string): Promise<string> {
  const spec = `Name: ${NAME}
Version: 2.4.4
Release: 1
Summary: modules
License: CDDL
BuildArch: noarch
${requires}
Provides: kernel-modules-for-kernel = ${KERNEL}
AutoReqProv: no
%description
Modules.
%install
mkdir -p %{buildroot}/${dirname(MODULE)}
echo the module > %{buildroot}/${MODULE}
%post
depmod -a ${KERNEL}
%files
/${MODULE}
`;
  const top = join(folder.path, `build-${requires.length}`);
  const file = await put(join(top, 'package.spec'), spec);
  await runOk('rpmbuild', ['-bb', '--define', `_topdir ${top}`, file]);
  return join(top, `RPMS/noarch/${NAME}-2.4.4-1.noarch.rpm`);
}

describe('readRpm', () => {
  it('agrees with rpm -qp', async () => {
    const facts = readRpm(await readFile(rpm));
    const query = async (format: string) => {
      const { stdout } = await runOk('rpm', ['-qp', '--qf', format, rpm]);
      return stdout.trim().split('\n');
    };

    expect([facts.name, facts.version]).toEqual(await query('%{NAME}\\n%{VERSION}-%{RELEASE}\\n'));
    expect(facts.requires.map(({ name }) => name)).toEqual(await query('[%{REQUIRENAME}\\n]'));
    expect(facts.provides.map(({ name }) => name)).toEqual(await query('[%{PROVIDENAME}\\n]'));
    expect(facts.files.map(({ path }) => `/${path}`)).toEqual(await query('[%{FILENAMES}\\n]'));
    expect(facts.files.map(({ digest }) => digest?.hex)).toEqual(
      await query('[%{FILEDIGESTS}\\n]'),
    );
    expect(facts.scripts).toEqual(await query('%{POSTIN}\\n'));
  });

  it('finds the missing requirement of a package that is built without', async () => {
    const bare = await buildRpm('Requires: zfs-kmod-common');

    expect(checkPackage(readRpm(await readFile(rpm)))).toEqual([]);
    expect(checkPackage(readRpm(await readFile(bare)))).toMatchObject([{ rule: 'package-kernel' }]);
  });
});

describe('packageGate', () => {
  it('reads the rpm database of an image', async () => {
    expect(await packageGate(openDirectoryTree(root), [NAME])).toEqual([]);
  });

  it('sees a module that was changed after it was installed', async () => {
    const path = join(root, MODULE);
    const before = await readFile(path);
    await writeFile(path, 'another');
    try {
      const findings = await packageGate(openDirectoryTree(root), [NAME, 'kmod-other']);

      expect(findings.map(({ rule }) => rule)).toEqual(['package-digest', 'package-missing']);
    } finally {
      await writeFile(path, before);
    }
  });
});

describe('readDeb', () => {
  it.each(['gzip', 'xz', 'zstd'])('reads what dpkg-deb packs with %s', async (compression) => {
    const name = `zfs-modules-${KERNEL.replaceAll('_', '-')}`;
    const content = join(folder.path, `deb-${compression}`);
    await put(join(content, `usr/${MODULE}`), 'the module');
    await put(
      join(content, 'DEBIAN/control'),
      `Package: ${name}\nVersion: 2.4.4-1\nArchitecture: all\nMaintainer: x\nDepends: linux-image-${KERNEL} (= 1), kmod | busybox\nDescription: x\n`,
    );
    await put(join(content, 'DEBIAN/md5sums'), `${'a'.repeat(32)}  usr/${MODULE}\n`);
    const script = await put(join(content, 'DEBIAN/postinst'), '#!/bin/sh\ndepmod\n');
    await runOk('chmod', ['755', script]);
    const file = join(folder.path, `${compression}.deb`);
    await runOk('dpkg-deb', [`-Z${compression}`, '--root-owner-group', '-b', content, file]);

    const facts = await readDeb(await readFile(file));

    expect(facts).toEqual({
      format: 'deb',
      name,
      version: '2.4.4-1',
      architecture: 'all',
      requires: [
        { name: `linux-image-${KERNEL}`, relation: '=', version: '1' },
        { name: 'kmod' },
        { name: 'busybox' },
      ],
      provides: [],
      scripts: ['#!/bin/sh\ndepmod\n'],
      files: [{ path: `usr/${MODULE}`, digest: { algorithm: 'md5', hex: 'a'.repeat(32) } }],
    });
  });
});
