import { describe, expect, it } from 'vitest';
import { readSpec } from './spec.ts';

const SPEC = `%if 0%{?fedora}
%global buildforkernels akmod
%endif
%global prjname y
%global commit 0123456789abcdef0123456789abcdef01234567
#global tag v1.2
%define short %(c=%{commit}; echo \${c:0:7})
%global long one \\
  two

Name:    %{prjname}-kmod
Version: 1.2%{?tag}
Release: 3%{?dist}
Summary: Kernel module (kmod) for %{prjname}
URL: https://y.example.org/%{prjname}
%if 0%{?tag:1}
Source0: %{url}/archive/%{tag}.tar.gz
%else
Source0: %{url}/archive/%{commit}.tar.gz#/y-%{short}.tar.gz
%endif
Source1: %{name}-filter.txt
Patch0 : fix.patch
BuildRequires: %{_bindir}/kmodtool
BuildRequires: gcc, make >= 4.0, kernel-devel
BuildRequires: systemd-rpm-macros kernel-rpm-macros
%{!?kernels:BuildRequires: buildsys-build-rpmfusion-kerneldevpkgs-akmod-%{_target_cpu} }
%if 0%{?rhel}
BuildRequires: elsewhere
%endif

%description
Source9: is a word of this text.

%package common
Summary: x
Version: 9
Source2: y.conf

%prep
Source8: nothing
`;

describe(readSpec, () => {
  it('reads the tags of a spec for akmods', () => {
    const { name, version, sources, requires } = readSpec(SPEC);

    expect({ name, version }).toEqual({ name: 'y-kmod', version: '1.2' });
    expect(sources.map(({ tag, value, conditional }) => [tag, value, conditional])).toEqual([
      ['Source0', undefined, true],
      [
        'Source0',
        'https://y.example.org/y/archive/0123456789abcdef0123456789abcdef01234567.tar.gz#/y-0123456.tar.gz',
        true,
      ],
      ['Source1', 'y-kmod-filter.txt', false],
      ['Patch0', 'fix.patch', false],
      ['Source2', 'y.conf', false],
    ]);
    expect(requires).toEqual([
      '/usr/bin/kmodtool',
      'gcc',
      'make',
      'systemd-rpm-macros',
      'kernel-rpm-macros',
    ]);
  });

  it('says nothing of what conditions or shell decide', () => {
    const { name, version } = readSpec(
      '%if 0%{?fedora}\n%global x 1\n%else\n%global x 2\n%endif\nName: y%{x}\nVersion: %(date +%%Y)\n',
    );

    expect({ name, version }).toEqual({ name: undefined, version: undefined });
  });

  it('expands a define when it is used, a global when it is made', () => {
    const spec = (kind: string) =>
      readSpec(`%global a 1\n%${kind} b %{a}\n%global a 2\nVersion: %{b}\n`).version;

    expect([spec('global'), spec('define')]).toEqual(['1', '2']);
  });

  it('takes no definition that rpmbuild may not take', () => {
    const hidden = '%global a 1\n%{?fedora:%global a 2}\nVersion: %{a}\n';
    const folded = '%global a %{expand:\nVersion: 3\n}\nVersion: 2\n';

    expect(readSpec(hidden).version).toBeUndefined();
    expect(readSpec(folded).version).toBe('2');
  });

  it.each([
    ['a brace that nobody closes', `%define a {\n${'x\n'.repeat(100_000)}`],
    ['definitions that are all open', '%global b %{\n'.repeat(20_000)],
    ['one long line', `Name:${' '.repeat(200_000)}x`],
  ])('reads %s in one go', (_, text) => {
    expect(readSpec(text).sources).toEqual([]);
  });
});
