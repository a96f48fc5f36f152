import type { RecipeInput } from './recipe.ts';
import { quoted } from './shell.ts';

/**
 * Builds what a dkms.conf in a package (deb, rpm) or a tarball describes, in the order of dkms(8):
 * the file is sourced by bash with the variables that DKMS sets, exclusions are checked, patches
 * applied, PRE_BUILD, MAKE and POST_BUILD run, and the modules picked up from where they were said
 * to be. DKMS itself is not used: it builds for running systems and keeps a state of its own.
 */
export function dkmsScript(input: RecipeInput): string {
  return `#!/bin/bash
[ -n "\${BASH_VERSION:-}" ] || exec bash "$0"
set -e
kernelver=${quoted(input.kernelRelease)}
jobs=${input.jobs}
experimental=${input.experimental ? 'yes' : 'no'}
package=${quoted(`/src/${input.file}`)}
${COMMON}
${EXCLUSIONS}
${BUILD}
${COLLECT}`;
}

const COMMON = `arch=$(uname -m)
kernel_source_dir=/lib/modules/$kernelver/build
source_tree=/usr/src
dkms_tree=/var/lib/dkms
export KBUILD_BUILD_TIMESTAMP="@\${SOURCE_DATE_EPOCH:-0}" KBUILD_BUILD_USER=lockstep
export KBUILD_BUILD_HOST=lockstep KBUILD_BUILD_VERSION=1
refuse() { echo "error: $*" >&2; exit 1; }
[ -e "$kernel_source_dir/Makefile" ] || refuse "kernel headers not found in $kernel_source_dir"
carried=/build/carried
rm -rf "$carried" && mkdir -p "$carried"
case $package in
  *.deb)
    if command -v dpkg-deb > /dev/null; then
      dpkg-deb --fsys-tarfile "$package" | tar -x -C "$carried"
    else
      data=$(ar t "$package" | grep '^data\\.tar')
      ar p "$package" "$data" > "/build/$data" && tar -xf "/build/$data" -C "$carried"
    fi ;;
  *.rpm) rpm2cpio "$package" | (cd "$carried" && cpio -idm --quiet) ;;
  *) tar -xf "$package" -C "$carried" ;;
esac
conf=
[ ! -f "$carried/dkms.conf" ] || conf=$carried/dkms.conf
[ -n "$conf" ] || conf=$(find "$carried" -name dkms.conf -path '*/usr/src/*' | sort | head -n 1)
[ -n "$conf" ] || conf=$(find "$carried" -maxdepth 3 -name dkms.conf | sort | head -n 1)
[ -n "$conf" ] || refuse 'the package ships no dkms.conf'
mkdir -p /usr/src
case $conf in
  "$carried"/usr/src/*)
    cp -a "$carried/usr/src/." /usr/src
    [ ! -d "$carried/etc" ] || cp -a "$carried/etc/." /etc
    source_dir=$(dirname "\${conf#"$carried"}") ;;
  *)
    source_dir=/usr/src/lockstep-source
    rm -rf "$source_dir" && cp -a "$(dirname "$conf")" "$source_dir" ;;
esac
# The name and version decide the paths that the file may use, so it is read twice.
module=$(. "$source_dir/dkms.conf" >&2; echo "$PACKAGE_NAME")
module_version=$(. "$source_dir/dkms.conf" >&2; echo "$PACKAGE_VERSION")
build=$dkms_tree/$module/$module_version/build
rm -rf "$build" /out/modules
mkdir -p "$(dirname "$build")/$kernelver/$arch/log" /out/modules
cp -a "$source_dir" "$build"
cd "$build"
unset BUILT_MODULE_NAME BUILT_MODULE_LOCATION DEST_MODULE_NAME MAKE MAKE_MATCH PATCH PATCH_MATCH
set +e
. "$source_dir/dkms.conf"
set -e
cd "$build"
echo "building $module $module_version for $kernelver"`;

const EXCLUSIONS = `unsupported() { refuse "$kernelver is not supported by this module: $*"; }
if [ -n "$BUILD_EXCLUSIVE_KERNEL" ] && ! [[ $kernelver =~ $BUILD_EXCLUSIVE_KERNEL ]]; then
  unsupported "BUILD_EXCLUSIVE_KERNEL=$BUILD_EXCLUSIVE_KERNEL"
fi
ordered() { printf '%s\\n%s\\n' "$1" "$2" | sort -V -C; }
if [ -n "$BUILD_EXCLUSIVE_KERNEL_MIN" ] && ! ordered "$BUILD_EXCLUSIVE_KERNEL_MIN" "$kernelver"; then
  unsupported "BUILD_EXCLUSIVE_KERNEL_MIN=$BUILD_EXCLUSIVE_KERNEL_MIN"
fi
if [ -n "$BUILD_EXCLUSIVE_KERNEL_MAX" ] && [ "$experimental" = no ] &&
  ! ordered "$kernelver" "$BUILD_EXCLUSIVE_KERNEL_MAX"; then
  unsupported "BUILD_EXCLUSIVE_KERNEL_MAX=$BUILD_EXCLUSIVE_KERNEL_MAX"
fi
if [ -n "$BUILD_EXCLUSIVE_ARCH" ] && ! [[ $arch =~ $BUILD_EXCLUSIVE_ARCH ]]; then
  unsupported "BUILD_EXCLUSIVE_ARCH=$BUILD_EXCLUSIVE_ARCH"
fi
for option in $BUILD_EXCLUSIVE_CONFIG; do
  if grep -q "^\${option#!}=[ym]" "$kernel_source_dir/.config"; then
    [ "$option" = "\${option#!}" ] || unsupported "BUILD_EXCLUSIVE_CONFIG: \${option#!} is set"
  else
    [ "$option" != "\${option#!}" ] || unsupported "BUILD_EXCLUSIVE_CONFIG: $option is not set"
  fi
done
[ -z "\${BUILD_DEPENDS[*]}" ] || refuse "needs other DKMS modules, which is not supported: \${BUILD_DEPENDS[*]}"`;

const BUILD = `run_script() {
  if [ -x "$1" ]; then "./$@"; else sh "$@"; fi
}
for index in "\${!PATCH[@]}"; do
  if [ -z "\${PATCH_MATCH[$index]}" ] || [[ $kernelver =~ \${PATCH_MATCH[$index]} ]]; then
    patch -p1 < "patches/\${PATCH[$index]}"
  fi
done
make_command=
for index in "\${!MAKE[@]}"; do
  if [ -z "\${MAKE_MATCH[$index]}" ]; then
    [ -n "$make_command" ] || make_command=\${MAKE[$index]}
  elif [[ $kernelver =~ \${MAKE_MATCH[$index]} ]]; then
    make_command=\${MAKE[$index]}
  fi
done
[ -n "$make_command" ] || make_command="make -C $kernel_source_dir M=$build"
if [[ $make_command == make* ]]; then
  make_command="make -j$jobs KERNELRELEASE=$kernelver\${make_command#make}"
fi
if [ -n "$PRE_BUILD" ]; then
  case $experimental:$PRE_BUILD in
    yes:configure*) [ ! -f META ] || PRE_BUILD="$PRE_BUILD --enable-linux-experimental" ;;
  esac
  run_script $PRE_BUILD
fi
# Not for the module: make takes MAKE from the environment as its own name.
unset MAKE
eval "$make_command"
if [ -n "$POST_BUILD" ]; then
  run_script $POST_BUILD
fi`;

const COLLECT = `[ -n "\${BUILT_MODULE_NAME[*]}" ] || BUILT_MODULE_NAME=("$module")
for index in "\${!BUILT_MODULE_NAME[@]}"; do
  name=\${BUILT_MODULE_NAME[$index]}
  built=\${BUILT_MODULE_LOCATION[$index]:-.}/$name.ko
  [ -f "$built" ] || refuse "the build made no $built"
  cp "$built" "/out/modules/\${DEST_MODULE_NAME[$index]:-$name}.ko"
done
`;
