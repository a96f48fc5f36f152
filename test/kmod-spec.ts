import { aRepository, type TestRepository } from '../src/source/git/testing/repository.ts';
import { DEFAULT_CACHE } from '../testbed/cache.ts';
import { openzfsKmodtool } from '../testbed/openzfs.ts';

/** As specs for akmods are written; kmodtool and the code lie beside it. */
const SPEC = `%global buildforkernels akmod
%global debug_package %{nil}
Name: hello-kmod
Version: 1.2
Release: 1%{?dist}
Summary: A module that says hello
License: GPL-2.0-only
Source0: hello_spec.c
Source11: kmodtool
BuildRequires: gcc make
%{expand:%(bash %{SOURCE11} --target %{_target_cpu} --kmodname %{name} %{?buildforkernels:--%{buildforkernels}} %{?kernels:--for-kernels "%{?kernels}"} 2>/dev/null) }

%description
A module that says hello.

%prep
%{?kmodtool_check}
%setup -q -c -T
for kernel_version in %{?kernel_versions}; do
  mkdir _kmod_build_\${kernel_version%%___*}
  cp %{SOURCE0} _kmod_build_\${kernel_version%%___*}
  echo 'obj-m := hello_spec.o' > _kmod_build_\${kernel_version%%___*}/Makefile
done

%build
for kernel_version in %{?kernel_versions}; do
  make %{?_smp_mflags} -C "\${kernel_version##*___}" M=\${PWD}/_kmod_build_\${kernel_version%%___*} modules
done

%install
for kernel_version in %{?kernel_versions}; do
  install -D -m 755 _kmod_build_\${kernel_version%%___*}/hello_spec.ko %{buildroot}%{kmodinstdir_prefix}/\${kernel_version%%___*}/%{kmodinstdir_postfix}/hello_spec.ko
done
%{?akmod_install}
`;

const CODE = `#include <linux/module.h>
static int __init hello_start(void) { return 0; }
static void __exit hello_end(void) { }
module_init(hello_start);
module_exit(hello_end);
MODULE_LICENSE("GPL");
MODULE_VERSION("0.9");
`;

/** A repository with a module that a spec for akmods packs, with the kmodtool that OpenZFS publishes. */
export async function aSpecRepository(): Promise<{ repository: TestRepository; commit: string }> {
  const kmodtool = await openzfsKmodtool({ cache: DEFAULT_CACHE, env: process.env });
  const repository = await aRepository();
  const files = { 'hello-kmod.spec': SPEC, 'hello_spec.c': CODE, kmodtool };
  return { repository, commit: await repository.commit(files) };
}
