import type { RecipeInput } from './recipe.ts';
import { quoted } from './shell.ts';
import { unameScript } from './uname.ts';

/**
 * Builds a Debian source package: with OpenZFS's own configure when it is that, as a plain kbuild
 * tree otherwise. Debian's headers lie in two folders (common ones and those of the flavour),
 * which the links `source` and `build` of the kernel name.
 */
export function openzfsScript(input: RecipeInput): string {
  return `#!/bin/sh
set -eu
kernel=${quoted(input.kernelRelease)}
work=/build/${input.name}
export KBUILD_BUILD_TIMESTAMP="@\${SOURCE_DATE_EPOCH:-0}" KBUILD_BUILD_USER=lockstep
export KBUILD_BUILD_HOST=lockstep KBUILD_BUILD_VERSION=1
${unameScript(input.kernelRelease, '/build/bin')}
headers=/lib/modules/$kernel/build
[ -e "$headers/Makefile" ] || { echo "error: kernel headers not found in $headers" >&2; exit 1; }
rm -rf "$work" /out/modules
mkdir -p /build /out/modules
dpkg-source --no-check --extract ${quoted(`/src/${input.file}`)} "$work"
cd "$work"
if [ -f META ] && [ -f configure.ac ]; then
  if [ ! -x configure ] || [ -n "$(find configure.ac config -newer configure | head -n 1)" ]; then
    sh autogen.sh
  fi
  ./configure --with-config=kernel --with-linux="/lib/modules/$kernel/source" \\
    --with-linux-obj="$headers"${input.experimental ? ' --enable-linux-experimental' : ''}
  make -j${input.jobs}
  # configure leaves modules of its own under build/, one for each question that it asked.
  made=module
else
  make -j${input.jobs} -C "$headers" M="$work" modules
  made=.
fi
find "$made" -name '*.ko' -type f -exec cp {} /out/modules/ \\;
`;
}
