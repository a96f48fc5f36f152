import { findPackage, type PackageSet } from '../src/stream/debian/apt/package-set.ts';
import type { Os } from './os.ts';
import { FEDORA_NAMES } from './root-packages.ts';

/** Where the rpm database of an ostree or bootc image lies; the older places are links to it. */
const DATABASE = '/usr/share/rpm';

/** Files that make rpm, dnf and configure scripts see the distribution that the testbed plays. */
export function identityFiles(os: Os): Record<string, string> {
  return {
    'usr/lib/os-release': osRelease(os),
    'etc/fedora-release': `Testbed release ${os.version}\n`,
    'etc/ld.so.conf.d/lib64.conf': '/usr/lib64\n',
    'etc/rpm/macros.testbed': macros(os),
    'etc/dnf/dnf.conf': '[main]\ngpgcheck=False\ninstallonly_limit=3\nbest=True\n',
    // It would need createrepo_c for every transaction.
    'etc/dnf/plugins/local.conf': '[main]\nenabled=0\n',
  };
}

function osRelease({ version, suite }: Os): string {
  return [
    'NAME="Testbed"',
    `VERSION="${version} (Debian ${suite} packed as Fedora)"`,
    'ID=fedora-testbed',
    'ID_LIKE=fedora',
    `VERSION_ID=${version}`,
    `PRETTY_NAME="Testbed ${version}"`,
    `PLATFORM_ID="platform:f${version}"`,
    'VARIANT="Testbed"',
    'VARIANT_ID=testbed',
    '',
  ].join('\n');
}

/**
 * What Fedora's packages of macros define and OpenZFS's spec files use. Fedora's rpm comes without
 * the plugin that gives each scriptlet namespaces of its own, which fails in container builds.
 */
function macros({ version }: Os): string {
  return `%_dbpath ${DATABASE}
%__transaction_unshare %{nil}
%fedora ${version}
%dist .fc${version}
%_binary_payload w3.zstdio
%_unitdir /usr/lib/systemd/system
%_userunitdir /usr/lib/systemd/user
%_presetdir /usr/lib/systemd/system-preset
%_udevrulesdir /usr/lib/udev/rules.d
%_tmpfilesdir /usr/lib/tmpfiles.d
%_modulesloaddir /usr/lib/modules-load.d
%_modprobedir /usr/lib/modprobe.d
%systemd_post() [ ! -x /usr/bin/systemctl ] || systemctl --no-reload preset %{?*} || :
%systemd_preun() [ $1 -ne 0 ] || [ ! -x /usr/bin/systemctl ] || systemctl --no-reload disable %{?*} || :
%systemd_postun() %{nil}
%systemd_postun_with_restart() %{nil}
%__python3 /usr/bin/python3
%python3_pkgversion 3
%python3_version %(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
%python3_sitelib /usr/lib/python%{python3_version}/site-packages
`;
}

/**
 * Shell script that makes a root out of Debian's packages one of the testbed: with an rpm database
 * in which one package, made by the root's own rpmbuild, stands for all that the root has.
 */
export function userlandScript(os: Os, set: PackageSet): string {
  return `mkdir -p ${DATABASE} /usr/lib/sysimage
ln -sfn ../../share/rpm /usr/lib/sysimage/rpm
rm -rf /var/lib/rpm && ln -s ../../usr/share/rpm /var/lib/rpm
rm -f /etc/debian_version
ldconfig
work=$(mktemp -d)
{
  cat <<'END'
Name: testbed-userland
Version: ${os.version}
Release: 1%{?dist}
Summary: What this root has of Debian's packages, said in names of RPM packages
License: various
AutoReqProv: no
Provides: system-release = ${os.version}
Provides: system-release(releasever) = ${os.version}
Provides: rtld(GNU_HASH)
${named(set).join('\n')}
END
  for place in bin sbin; do
    find /usr/$place -mindepth 1 ! -type d -printf "Provides: /usr/$place/%P\\nProvides: /$place/%P\\n"
  done
  find /usr/lib/x86_64-linux-gnu -maxdepth 1 -name '*.so*' |
    /usr/lib/rpm/rpmdeps --provides | sort -u | sed 's/^/Provides: /'
  python3 -c 'import sys; print("Provides: python(abi) = %d.%d" % sys.version_info[:2])'
  printf '%%%%description\\nStands for all packages of the root.\\n%%%%files\\n'
} > "$work/userland.spec"
rpmbuild -bb --quiet --define "_buildhost testbed" --define "_topdir $work" "$work/userland.spec"
rpm --initdb
rpm -i "$work"/RPMS/*/*.rpm
rm -rf "$work" /var/cache/ldconfig/aux-cache
`;
}

/** Fedora's names for packages of the set, with their upstream versions. */
function named(set: PackageSet): string[] {
  return Object.entries(FEDORA_NAMES).flatMap(([fedora, debian]) => {
    const found = findPackage(set, debian) ?? findPackage(set, `${debian}t64`);
    return found ? [`Provides: ${fedora} = ${upstream(found.version)}`] : [];
  });
}

/** `5.2.15` of `5.2.15-2+b2`, without an epoch and with no character that rpm refuses. */
function upstream(version: string): string {
  return version
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[^\w.+~]/g, '.');
}
