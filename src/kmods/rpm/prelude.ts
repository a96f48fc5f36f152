import type { ModuleCompression } from '../../kernel/module/compression.ts';
import { checkedRelease, quoted } from '../../source/shell.ts';
import { unameScript } from '../../source/uname.ts';

/** What packages of modules are built for. */
export interface RpmTarget {
  kernelRelease: string;
  /** Compilers at a time. */
  jobs: number;
  /** Sign the modules with the key that lies in `SIGNING_FOLDER` (default no). */
  signing?: boolean;
  /** Build what runs beside the modules too: commands and libraries (OpenZFS only). */
  userland: boolean;
  /** How modules are compressed; as the kernel's build does it when not given. */
  compression?: ModuleCompression;
}

/** Where the container finds `key.pem` and `certificate.pem` while a module is built. */
export const SIGNING_FOLDER = '/run/lockstep-signing';

/**
 * Start of every script: looks for the kernel's headers where Fedora's kernel-devel puts them, then
 * where the kernel points to, and defines `build`, which is rpmbuild with equal output for equal
 * input, in the format that every rpm reads. Needs are checked only where rpm knows what is
 * installed, which it does not on Debian.
 */
export function prelude(target: RpmTarget, name: string): string {
  const kernel = checkedRelease(target.kernelRelease);
  return `#!/bin/bash
[ -n "\${BASH_VERSION:-}" ] || exec bash "$0"
set -eu
kernel=${quoted(kernel)}
jobs=${target.jobs}
top=/build/rpm/${name}
${unameScript(kernel, '/build/bin')}
${PLACES}
${RPMBUILD}`;
}

const PLACES = `# rpm takes a date of 0 for none.
[ "\${SOURCE_DATE_EPOCH:-0}" != 0 ] || export SOURCE_DATE_EPOCH=1
export KBUILD_BUILD_TIMESTAMP="@$SOURCE_DATE_EPOCH" KBUILD_BUILD_USER=lockstep
export KBUILD_BUILD_HOST=lockstep KBUILD_BUILD_VERSION=1
fail() { echo "error: $*" >&2; exit 1; }
command -v rpmbuild > /dev/null || fail 'rpmbuild is not installed in the builder: install the package rpm-build'
tree=
for place in "/usr/src/kernels/$kernel" "/lib/modules/$kernel/build"; do
  [ -n "$tree" ] || [ ! -e "$place/Makefile" ] || tree=$place
done
[ -n "$tree" ] || fail "kernel headers not found for $kernel: looked in /usr/src/kernels/$kernel and /lib/modules/$kernel/build; the builder has: $(ls /usr/src/kernels 2> /dev/null | tr '\\n' ' ')"
if [ -f "$tree/include/config/kernel.release" ]; then
  found=$(cat "$tree/include/config/kernel.release")
  [ "$found" = "$kernel" ] || fail "kernel headers not found for $kernel: those in $tree are for $found"
fi
rm -rf "$top" /out/packages
mkdir -p "$top/SPECS" "$top/SOURCES" /out/packages`;

const RPMBUILD = `nodeps=
rpm -q --whatprovides rpm-build > /dev/null 2>&1 || nodeps=--nodeps
build() {
  rpmbuild $nodeps --define "_topdir $top" --define "_smp_mflags -j$jobs" \\
    --define 'debug_package %{nil}' --define '_build_id_links none' --define '_buildhost lockstep' \\
    --define 'source_date_epoch_from_changelog 0' --define 'use_source_date_epoch_as_buildtime 1' \\
    --define 'clamp_mtime_to_source_date_epoch 1' \\
    --define 'build_mtime_policy clamp_to_source_date_epoch' \\
    --define '_rpmformat 4' --define '_wrong_version_format_terminate_build 0' "$@"
}
deliver() { find "$top/RPMS" "$top/SRPMS" -name '*.rpm' -exec mv -t /out/packages {} + ; }`;
