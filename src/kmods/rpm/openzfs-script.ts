import { quoted } from '../../source/shell.ts';
import { findMends } from '../image/mend.ts';
import { FINISH_FILE, finishModules } from './finish-modules.ts';
import { prelude, type RpmTarget } from './prelude.ts';

export interface OpenzfsBuild {
  /** Release tarball under `/src`. */
  file: string;
  version: string;
  /** Build for a kernel newer than the release supports. */
  experimental: boolean;
}

/**
 * Builds a release of OpenZFS with its own specs. They need only four words filled in, so the
 * configure that `make rpm-kmod` runs before rpmbuild runs it again is left out; a release whose
 * specs need more is configured.
 */
export function openzfsRpmScript(build: OpenzfsBuild, target: RpmTarget): string {
  const userland = target.userland ? USERLAND : '';
  return `${prelude(target, 'zfs')}
archive=${quoted(`/src/${build.file}`)}
wanted=${quoted(build.version)}
experimental=${build.experimental ? 'yes' : 'no'}
${SOURCES}
${finishModules(target)}
${findMends('$top/SOURCES/kmodtool', 'zfs')}
${KMOD_SPEC}
build -ba --define "kernels $kernel" --define "ksrc $tree" --define "kobj $tree" "$top/SPECS/zfs-kmod.spec"
${userland}deliver
`;
}

const SOURCES = `mkdir "$top/unpacked"
tar -xf "$archive" -C "$top/unpacked"
inside=$(ls "$top/unpacked")
[ -f "$top/unpacked/$inside/META" ] || fail "$archive is no release of OpenZFS: it has no META"
cd "$top/unpacked/$inside"
word() { sed -n "s/^$1:[[:space:]]*//p" META; }
name=$(word Name) version=$(word Version) release=$(word Release) license=$(word License)
[ "$name" = zfs ] || fail "$archive is no release of OpenZFS: its META says Name: $name"
[ "$version" = "$wanted" ] || [ "$version-$release" = "$wanted" ] ||
  fail "META in $archive says version $version-$release, not $wanted"
if [ -f configure ] && [ "$inside" = "zfs-$version" ]; then
  cp "$archive" "$top/SOURCES/zfs-$version.tar.gz"
else
  [ -f configure ] || sh autogen.sh
  [ "$inside" = "zfs-$version" ] || mv "../$inside" "../zfs-$version"
  tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 -C .. -cf - "zfs-$version" |
    gzip -n -1 > "$top/SOURCES/zfs-$version.tar.gz"
fi
cp scripts/kmodtool "$top/SOURCES"
for spec in zfs-kmod zfs; do
  sed "s/@PACKAGE@/zfs/g; s/@VERSION@/$version/g; s/@RELEASE@/$release/g; s/@ZFS_META_LICENSE@/$license/g" \\
    "rpm/generic/$spec.spec.in" > "$top/SPECS/$spec.spec"
done
if grep -q '@[A-Z][A-Z_]*@' "$top/SPECS/zfs-kmod.spec" "$top/SPECS/zfs.spec"; then
  ./configure --with-config=srpm
  cp rpm/generic/zfs-kmod.spec rpm/generic/zfs.spec "$top/SPECS"
fi
# The specs ask for it for the sake of an old rpm and do not use it.
rpm -q --whatprovides ncompress > /dev/null 2>&1 ||
  sed -i '/^BuildRequires: *ncompress$/d' "$top/SPECS/zfs-kmod.spec" "$top/SPECS/zfs.spec"
cd "$top"
rm -rf unpacked`;

/** Each change is looked for afterwards: a spec that has changed must not be built by halves. */
const KMOD_SPEC = `spec=$top/SPECS/zfs-kmod.spec
sed -i -e '/^Source10:/a Source11: lockstep-mend.sed\\nSource12: ${FINISH_FILE}' \\
  -e '/^%{expand:%(bash %{SOURCE10}/s,2>/dev/null),2>/dev/null | sed -f %{SOURCE11}),' \\
  -e '/^%install$/i %define __modsign_install_post bash %{SOURCE12} %{buildroot}\\n' "$spec"
if [ "$experimental" = yes ]; then
  sed -i 's/^\\( *\\)--with-config=kernel /&--enable-linux-experimental /' "$spec"
fi
for change in Source11: 'sed -f %{SOURCE11}' 'bash %{SOURCE12}' $([ "$experimental" = no ] || echo --enable-linux-experimental); do
  grep -qF -e "$change" "$spec" || fail "the spec of this release of OpenZFS has changed: $change does not fit in"
done
export INSTALL_MOD_STRIP=1`;

/**
 * Commands and libraries, for hosts with systemd, without Python bindings. A quarter of what would
 * be compiled are programs of tests; the package that they are for is not kept. On Debian configure
 * has places of its own, which `make rpm-utils` would tell the spec (config/zfs-build.m4).
 */
const USERLAND = `places=()
if [ -f /etc/debian_version ] && [ ! -f /etc/fedora-release ]; then
  places=(--define "_lib lib/$(gcc -print-multiarch)" --define '_initconfdir /etc/default'
    --define '_bashcompletiondir /usr/share/bash-completion/completions')
fi
tests=nobase_dist_datadir_zfs_tests_tests
export MAKEFLAGS="scripts_zfs_tests_bin_PROGRAMS= \${tests}_SCRIPTS= \${tests}_DATA="
build -bb --without pyzfs --with systemd "\${places[@]}" "$top/SPECS/zfs.spec"
rm -f "$top"/RPMS/*/zfs-test-*.rpm
`;
