import { BUILD, KEEP } from './dkms-shell/build.ts';
import { READ_CONF } from './dkms-shell/conf.ts';
import { EXCLUDE } from './dkms-shell/exclude.ts';
import { UNPACK } from './dkms-shell/unpack.ts';
import type { RecipeInput } from './recipe.ts';
import { quoted } from './shell.ts';
import { unameScript } from './uname.ts';

type DkmsInput = Omit<RecipeInput, 'name'>;

/**
 * Builds what a dkms.conf in a package (deb, rpm) or a tarball describes, as dkms(8) does: what it
 * excludes is left out, patches are applied, PRE_BUILD, MAKE and POST_BUILD run, and the modules
 * picked up from where they were said to be. DKMS itself is not used: it builds for running
 * systems and keeps a state of its own.
 */
export function dkmsScript(input: DkmsInput): string {
  return [start(input, 'no'), UNPACK, EXCLUDE, BUILD, KEEP].join('\n');
}

/**
 * Asks the dkms.conf alone whether it excludes the kernel, and fails as `dkmsScript` would: for
 * what only a shell can tell, before anything is built.
 */
export function askDkmsScript(input: DkmsInput): string {
  return [start(input, 'yes'), UNPACK, EXCLUDE, ''].join('\n');
}

function start(input: DkmsInput, asking: 'yes' | 'no'): string {
  return `#!/bin/bash
[ -n "\${BASH_VERSION:-}" ] || exec bash "$0"
set -e
shopt -s extglob
umask 022
asking=${asking}
kernelver=${quoted(input.kernelRelease)}
jobs=${input.jobs}
experimental=${input.experimental ? 'yes' : 'no'}
package=${quoted(`/src/${input.file}`)}
${PLACES}
${unameScript(input.kernelRelease, '/build/bin')}
${READ_CONF}`;
}

const PLACES = `arch=$(uname -m)
kernel_source_dir=/lib/modules/$kernelver/build
source_tree=/usr/src
dkms_tree=/var/lib/dkms
install_tree=/lib/modules
tmp_location=/tmp
export KBUILD_BUILD_TIMESTAMP="@\${SOURCE_DATE_EPOCH:-0}" KBUILD_BUILD_USER=lockstep
export KBUILD_BUILD_HOST=lockstep KBUILD_BUILD_VERSION=1
refuse() { echo "error: $*" >&2; exit 1; }
[ -e "$kernel_source_dir/Makefile" ] || refuse "kernel headers not found in $kernel_source_dir"`;
