import { dirname } from 'node:path';
import type { Split } from './module-split.ts';

/** Grows when the same kernel would become other packages. */
export const KERNEL_SPEC_VERSION = 1;

/** What `depmod` makes, which belongs to the package of the modules but is not in it. */
const INDEXES = [
  'alias',
  'alias.bin',
  'builtin.alias.bin',
  'builtin.bin',
  'dep',
  'dep.bin',
  'devname',
  'softdep',
  'symbols',
  'symbols.bin',
  'weakdep',
];

/** What a kernel's packages are made of. */
export interface KernelTree {
  release: string;
  modules: Split;
  /** Names in `/usr/lib/modules/RELEASE`. */
  files: readonly string[];
}

/** Version and release of the RPMs: the two sides of the one dash in the kernel's release. */
export function versionAndRelease(kernel: string): { version: string; release: string } {
  const [version = '', release = ''] = kernel.split('-');
  return { version, release };
}

/**
 * The spec file that packs a laid out tree (macro `tree`) as Fedora packs a kernel: names, provides,
 * requirements, owners of files and scripts are those of its `kernel.spec`.
 */
export function kernelSpec(tree: KernelTree): string {
  return [head(tree), core(tree), modulesCore(tree), modules(tree), devel()].join('\n');
}

function head({ release: kernel }: KernelTree): string {
  const { version, release } = versionAndRelease(kernel);
  return `%global K ${kernel}
Name: kernel
Version: ${version}
Release: ${release}
Summary: The Linux kernel of Debian, packed as Fedora packs its own
License: GPL-2.0-only
Provides: installonlypkg(kernel)
Requires: kernel-core-uname-r = %{K}
Requires: kernel-modules-uname-r = %{K}
Requires: kernel-modules-core-uname-r = %{K}
AutoReqProv: no

%description
Meta package of the kernel %{K}.

%files

%install
mkdir -p %{buildroot}
mv %{tree}/usr %{buildroot}/usr
`;
}

function core({ files }: KernelTree): string {
  const own = ['vmlinuz', 'config', 'System.map', 'symvers.xz'].filter((name) =>
    files.includes(name),
  );
  return subpackage('core', {
    provides: ['kernel = %{version}-%{release}', 'kernel-core-uname-r = %{K}', ...NAMES],
    requires: ['kernel-modules-core-uname-r = %{K}', 'systemd', 'dracut', 'kmod'],
    files: own.map((name) => `/usr/lib/modules/%{K}/${name}`),
  });
}

/** What others ask for when they ask for this kernel. */
const NAMES = ['kernel-uname-r = %{K}', 'kernel-x86_64 = %{version}-%{release}'];

function modulesCore({ modules, files }: KernelTree): string {
  const indexes = INDEXES.map((name) => `modules.${name}`).filter((name) => files.includes(name));
  const plain = files.filter((name) => name.startsWith('modules.') && !indexes.includes(name));
  return subpackage('modules-core', {
    provides: ['kernel-modules-core-uname-r = %{K}'],
    requires: ['kernel-uname-r = %{K}'],
    files: [
      '%dir /usr/lib/modules/%{K}',
      '/usr/lib/modules/%{K}/build',
      '/usr/lib/modules/%{K}/source',
      ...plain.map((name) => `/usr/lib/modules/%{K}/${name}`),
      ...indexes.map((name) => `%ghost /usr/lib/modules/%{K}/${name}`),
      ...withFolders(modules.core),
    ],
    post: DEPMOD,
  });
}

function modules({ modules }: KernelTree): string {
  return subpackage('modules', {
    provides: ['kernel-modules-uname-r = %{K}'],
    requires: ['kernel-uname-r = %{K}', 'kernel-modules-core-uname-r = %{K}'],
    files: withFolders(modules.rest),
    post: DEPMOD,
  });
}

function devel(): string {
  const own = subpackage('devel', {
    provides: ['kernel-devel-uname-r = %{K}', 'kernel-devel-x86_64 = %{version}-%{release}'],
    requires: ['findutils', 'perl-interpreter', 'elfutils-libelf-devel', 'make', 'gcc'],
    files: ['/usr/src/kernels/%{K}'],
  });
  const matched = subpackage('devel-matched', {
    provides: [],
    requires: ['kernel-devel = %{version}-%{release}', 'kernel-core = %{version}-%{release}'],
    files: [],
  });
  return `${own}\n${matched}`;
}

const DEPMOD = '/sbin/depmod -a %{K}';

interface Subpackage {
  provides: readonly string[];
  requires: readonly string[];
  files: readonly string[];
  post?: string;
}

function subpackage(name: string, { provides, requires, files, post }: Subpackage): string {
  return `%package ${name}
Summary: The part ${name} of the kernel
Provides: installonlypkg(kernel)
${provides.map((one) => `Provides: ${one}\n`).join('')}${requires.map((one) => `Requires: ${one}\n`).join('')}AutoReqProv: no
%description ${name}
The part ${name} of the kernel %{K}.
${post ? `%post ${name}\n${post}\n` : ''}%files ${name}
%defattr(-,root,root)
${files.join('\n')}
`;
}

function withFolders(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = dirname(path); at !== '.'; at = dirname(at)) folders.add(at);
  }
  return [
    ...[...folders].sort().map((path) => `%dir /usr/lib/modules/%{K}/${path}`),
    ...paths.map((path) => `/usr/lib/modules/%{K}/${path}`),
  ];
}
