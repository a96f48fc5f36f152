import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CACHE } from '../../../testbed/cache.ts';
import { openzfsKmodtool } from '../../../testbed/openzfs.ts';
import { aKernelModule } from '../../kernel/testing/module-builder.ts';
import { writeFiles } from '../../source/testing/builder.ts';
import { runOk } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { checkKmodRpms } from './check-kmods.ts';
import { KERNEL, type RpmTrial, type Tree, tryRpm } from './testing/rpm-trial.ts';

/** As specs for akmods are written; kmodtool stands beside it. */
const SPEC = `%global buildforkernels akmod
%global debug_package %{nil}
%global short 0123456
Name: y-kmod
Version: 1.2
Release: 1%{?dist}
Summary: Modules of y
License: GPL-2.0-only
URL: https://y.example.org
Source0: %{url}/archive/%{short}.tar.gz#/y-%{short}.tar.gz
Source1: y.patch
Source11: kmodtool
BuildRequires: kmodtool
%{!?kernels:BuildRequires: buildsys-build-rpmfusion-kerneldevpkgs-%{?buildforkernels}-%{_target_cpu} }
%{expand:%(bash %{SOURCE11} --target %{_target_cpu} --repo rpmfusion --kmodname %{name} %{?buildforkernels:--%{buildforkernels}} %{?kernels:--for-kernels "%{?kernels}"} 2>/dev/null) }

%description
Modules of y.

%prep
%{?kmodtool_check}
%setup -q -c
patch -p1 < %{SOURCE1}
for kernel_version in %{?kernel_versions}; do
  cp -a y-%{short} _kmod_build_\${kernel_version%%___*}
done

%build
for kernel_version in %{?kernel_versions}; do
  make %{?_smp_mflags} -C "\${kernel_version##*___}" M=\${PWD}/_kmod_build_\${kernel_version%%___*} modules
done

%install
for kernel_version in %{?kernel_versions}; do
  mkdir -p %{buildroot}%{kmodinstdir_prefix}/\${kernel_version%%___*}/%{kmodinstdir_postfix}
  install -D -m 755 _kmod_build_\${kernel_version%%___*}/*.ko %{buildroot}%{kmodinstdir_prefix}/\${kernel_version%%___*}/%{kmodinstdir_postfix}
done
%{?akmod_install}
`;

const PATCH = `--- a/y-0123456/README
+++ b/y-0123456/README
@@ -1 +1 @@
-old
+new
`;

const REQUIREMENT = {
  package: `kmod-y-${KERNEL}`,
  mend: 'requirement',
  was: 'none',
  is: `Requires: kernel-uname-r = ${KERNEL}`,
};
const SCRIPT = {
  package: `kmod-y-${KERNEL}`,
  mend: 'script',
  was: 'depmod -a if uname -r is the kernel',
  is: `depmod -a ${KERNEL}`,
};
const COMMON = {
  package: `kmod-y-${KERNEL}`,
  mend: 'common',
  was: 'Requires: y-kmod-common',
  is: 'none',
};

const expected = { kernel: KERNEL, modules: [{ name: 'y' }] };
let trial: RpmTrial;

async function aTarball(folder: string, files: Tree): Promise<Buffer> {
  await using place = await temporaryFolder();
  await writeFiles(join(place.path, folder), files);
  await runOk('tar', ['-czf', 'x.tar.gz', folder], { cwd: place.path });
  return await readFile(join(place.path, 'x.tar.gz'));
}

const withSpec = (spec: string): RpmTrial => ({
  ...trial,
  files: { ...trial.files, 'y-kmod.spec': spec },
});

beforeAll(async () => {
  const code = {
    README: 'old\n',
    'y.ko.in': aKernelModule({
      name: 'y',
      sections: [{ name: '.debug_info', flags: 0, content: Buffer.alloc(5000) }],
    }),
  };
  const kmodtool = await openzfsKmodtool({ cache: DEFAULT_CACHE, env: process.env });
  trial = {
    module: { kind: 'spec', name: 'y', version: '1.2', specFile: 'y-kmod.spec' },
    files: { 'y-kmod.spec': SPEC, 'y.patch': PATCH, kmodtool, 'unused/y-kmod.spec': 'false\n' },
    elsewhere: { 'y-0123456.tar.gz': await aTarball('y-0123456', code) },
  };
});

describe('a package of modules made by a spec as akmods have', () => {
  it('is for exactly the kernel, mended where kmodtool took it for a home-made one', async () => {
    await using made = await tryRpm({ ...trial, target: { compression: 'xz' } });
    const [kmod] = made.packages;
    const path = kmod?.path ?? '';

    expect(made.packages, made.said).toMatchObject([{ folder: '/' }, { folder: 'src' }]);
    expect(kmod?.mends).toEqual([REQUIREMENT, SCRIPT, COMMON]);
    expect(await checkKmodRpms([path], expected)).toEqual([]);
    const { stdout } = await runOk('rpm', ['-qp', '--requires', '--scripts', '-l', path]);
    expect(stdout).toContain(`kernel-uname-r = ${KERNEL}`);
    expect(stdout).toContain(`depmod -a ${KERNEL}`);
    expect(stdout).toContain(`/lib/modules/${KERNEL}/extra/y/y.ko.xz`);
    expect(stdout).not.toContain('kmod-common');
  });

  it('keeps its requirement where the spec makes the package for it', async () => {
    const common = '%package common\nSummary: x\n%description common\nx\n%files common\n\n%prep';
    await using made = await tryRpm(withSpec(SPEC.replace('%prep', common)));
    const kmod = made.packages.find(({ identity }) => identity?.kernel);

    expect(kmod?.mends, made.said).toEqual([REQUIREMENT, SCRIPT]);
    expect(made.packages.map(({ identity }) => identity?.name)).toContain('y-kmod-common');
  });

  it('says what is missing in the builder, and which line does not fit', async () => {
    const { kmodtool: _none, ...files } = trial.files;
    await using bare = await tryRpm({ ...trial, files });
    await using other = await tryRpm(withSpec(SPEC.replace('%{expand:', '%{?x}%{expand:')));

    expect(bare.status).not.toBe(0);
    expect(bare.said).toContain('kmodtool is not installed in the builder');
    expect(other.status).not.toBe(0);
    expect(other.said).toContain('y-kmod.spec does not call kmodtool in a line');
  });
});
