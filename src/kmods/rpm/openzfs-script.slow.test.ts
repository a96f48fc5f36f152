import { describe, expect, it } from 'vitest';
import { aKernelModule } from '../../kernel/testing/module-builder.ts';
import { EXPERIMENTAL } from '../../source/module-source.ts';
import { runOk } from '../../system/process.ts';
import { checkKmodRpms } from './check-kmods.ts';
import { KERNEL, type RpmTrial, type Tree, tryRpm } from './testing/rpm-trial.ts';

/** As OpenZFS's, it says less of a kernel whose build folder is where a home-made one has it. */
const KMODTOOL = `#!/bin/bash
for kernel in "$@"; do :; done
cat <<END
%package -n kmod-zfs-$kernel
Summary: modules
Provides:         kernel-modules-for-kernel = $kernel
Provides: kmod-zfs-uname-r = $kernel
Provides: zfs-kmod = %{version}-%{release}
END
[ -e /src/knows-kernel ] && echo "Requires:         kernel-uname-r = $kernel"
echo "%post -n kmod-zfs-$kernel"
if [ -e /src/knows-kernel ]; then
  echo "depmod -ae $kernel > /dev/null || :"
else
  echo '[ "$(uname -r)" = "'$kernel'"  ] && /sbin/depmod -a > /dev/null || :'
fi
cat <<END
%description -n kmod-zfs-$kernel
x
%files -n kmod-zfs-$kernel
/lib/modules/$kernel/extra/zfs
END
`;

const SPEC = `%define module @PACKAGE@
Name: %{module}-kmod
Version: @VERSION@
Release: @RELEASE@
Summary: modules
License: @ZFS_META_LICENSE@
Source0: %{module}-%{version}.tar.gz
Source10:       kmodtool
%{expand:%(bash %{SOURCE10} --for-kernels %{kernels} 2>/dev/null) }
%description
x
%prep
%setup -q -c -T -a 0
%build
cd %{module}-%{version}
./configure \\
    --with-config=kernel \\
    --with-linux=%{ksrc}
%define __modsign_install_post false
%define __spec_install_post %{__os_install_post} \\
  %{__modsign_install_post}
%install
mkdir -p %{buildroot}/lib/modules/%{kernels}/extra/zfs
cp %{module}-%{version}/zfs.bin %{buildroot}/lib/modules/%{kernels}/extra/zfs/zfs.ko
`;

const META = 'Meta: 1\nName: zfs\nVersion: 2.9.1\nRelease: 1\nLicense: CDDL\nLinux-Maximum: 6.14\n';

function aRelease(changes: Tree = {}, folder = 'zfs-2.9.1'): Tree {
  const files: Tree = {
    META,
    configure: '#!/bin/sh\necho "configured: $*"\n',
    'scripts/kmodtool': KMODTOOL,
    'rpm/generic/zfs-kmod.spec.in': SPEC,
    'rpm/generic/zfs.spec.in': 'Name: zfs\n',
    'zfs.bin': aKernelModule({ name: 'zfs' }),
    ...changes,
  };
  const paths = Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]);
  return Object.fromEntries(paths) as Tree;
}

const aTrial = (files: Tree, options: string[] = []): RpmTrial => ({
  module: { name: 'zfs', kind: 'openzfs', version: '2.9.1', options },
  files,
});

describe('a package of modules made by the packaging of OpenZFS', () => {
  it('is mended when it names no kernel and indexes only the running one, and tells so', async () => {
    await using made = await tryRpm(aTrial(aRelease()));
    const [kmod] = made.packages;

    expect(kmod?.mends, made.said).toEqual([
      {
        package: `kmod-zfs-${KERNEL}`,
        mend: 'requirement',
        was: 'none',
        is: `Requires: kernel-uname-r = ${KERNEL}`,
      },
      {
        package: `kmod-zfs-${KERNEL}`,
        mend: 'script',
        was: 'depmod -a if uname -r is the kernel',
        is: `depmod -a ${KERNEL}`,
      },
    ]);
    const path = kmod?.path ?? '';
    const { stdout } = await runOk('rpm', ['-qp', '--requires', '--scripts', path]);
    expect(stdout).toContain(`kernel-uname-r = ${KERNEL}`);
    expect(stdout).toContain(`depmod -a ${KERNEL}`);
    expect(stdout).not.toContain('uname -r)');
    expect(await checkKmodRpms([path], { kernel: KERNEL, modules: [{ name: 'zfs' }] })).toEqual([]);
  });

  it('is left alone when it is right', async () => {
    const kmodtool = KMODTOOL.replaceAll('-e /src/knows-kernel', '1 = 1');
    await using made = await tryRpm(aTrial(aRelease({ 'scripts/kmodtool': kmodtool })));

    expect(made.packages[0]?.mends, made.said).toBeUndefined();
    expect(made.packages).toMatchObject([{ folder: '/' }, { folder: 'src' }]);
  });

  it('builds beyond the kernels that the release knows only when told so', async () => {
    await using careful = await tryRpm(aTrial(aRelease()));
    await using bold = await tryRpm(aTrial(aRelease(), [EXPERIMENTAL]));

    const asked = ({ said }: { said: string }) => /^configured: (.*)$/m.exec(said)?.[1];
    expect(asked(careful)).toContain('--with-config=kernel');
    expect(asked(careful)).not.toContain('experimental');
    expect(asked(bold)).toContain('--with-config=kernel --enable-linux-experimental');
  });

  it('takes an archive of the repository too, which has no configure yet', async () => {
    const autogen = '#!/bin/sh\nprintf "#!/bin/sh\\n" > configure; chmod 755 configure\n';
    const { [`zfs-zfs-2.9.1/configure`]: _, ...files } = aRelease(
      { 'autogen.sh': autogen },
      'zfs-zfs-2.9.1',
    );
    await using made = await tryRpm(aTrial(files));

    expect(made.packages, made.said).toHaveLength(2);
  });

  it.each([
    [
      'another version than was asked for',
      { META: META.replace('2.9.1', '99.99') },
      'says version 99.99-1, not 2.9.1',
    ],
    ['another name', { META: META.replace('zfs', 'spl') }, 'is no release of OpenZFS'],
    [
      'a spec that has changed',
      { 'rpm/generic/zfs-kmod.spec.in': SPEC.replace('Source10:', 'Source9:') },
      'the spec of this release of OpenZFS has changed',
    ],
    [
      'a template that the mend does not fit',
      { 'scripts/kmodtool': KMODTOOL.replace('Provides:         kernel-modules', 'Provides: x') },
      'could not be mended',
    ],
    [
      'a kernel that kmodtool gives up on',
      { 'scripts/kmodtool': '#!/bin/bash\necho "%global kmodtool_check"; exit 2\n' },
      'does not know what to do for',
    ],
  ])('refuses %s before anything is built', async (_, changes, said) => {
    await using made = await tryRpm(aTrial(aRelease(changes)));

    expect(made.status).not.toBe(0);
    expect(made.said).toContain(said);
    expect(made.said).not.toContain('configured:');
  });
});
