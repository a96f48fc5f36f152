import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../src/stream/debian/apt/archive.ts';
import { LockstepError } from '../src/system/error.ts';
import { lastLines, runOk } from '../src/system/process.ts';
import { openToolchain } from '../truth/kernels/toolchain.ts';

/** What makes `configure` anew. */
const AUTOTOOLS = ['autoconf', 'automake', 'gettext', 'libtool', 'pkg-config'];

/**
 * Lays the newer release, as far as its DKMS package has it, over the older. The package has the
 * modules, their headers and the checks of `configure`, with one check of Debian's own that refuses
 * to be built outside of DKMS; user space and the spec files stay those of the older release.
 */
const LAY = `set -e
old=$1 new=$2 tree=$3
rm -rf "$tree"
mv "$old" "$tree"
mv "$tree/module/Makefile.bsd" "$tree"
rm -rf "$tree/module" "$tree/include" "$tree"/config/kernel*.m4
cp -r "$new/module" "$new/include" "$tree"
mv "$tree/Makefile.bsd" "$tree/module"
cp "$new"/config/*.m4 "$tree/config"
rm "$tree/config/dkms.m4"
sed -i /ZFS_AC_DKMS_INHIBIT/d "$tree/config/user.m4"
sed 's/^Release:.*/Release:       1/' "$new/META" > "$tree/META"
if [ -f "$new/scripts/objtool-wrapper.in" ]; then
  cp "$new/scripts/objtool-wrapper.in" "$tree/scripts"
  sed -i -e '/^ZFS_AC_DEBUG_INVARIANTS/a ZFS_AC_OBJTOOL_WERROR' \\
    -e '/^AC_OUTPUT/i AC_CONFIG_FILES([scripts/objtool-wrapper], [chmod +x scripts/objtool-wrapper])' \\
    "$tree/configure.ac"
fi
`;

/**
 * Puts that tree into a whole older one, under `newer`: user space is built from the older, which
 * does not know the headers of the newer, modules from what is nested.
 */
const NEST = `set -e
tree=$1 whole=$2
cp "$tree/META" "$whole/META"
sed -i '/^%setup/a (cd %{module}-%{version}; find . -mindepth 1 -maxdepth 1 ! -name newer -exec rm -rf {} +; mv newer/* .; rm -rf newer)' \\
  "$whole/rpm/generic/zfs-kmod.spec.in"
mv "$tree" "$whole/newer"
mv "$whole" "$tree"
`;

/** The parts of a release that nobody has as one file. */
export interface Assembly {
  version: string;
  /** Tar file of an older release. */
  older: string;
  /** The `zfs-dkms` package of the newer. */
  dkms: string;
  /** The tar file to make. */
  output: string;
}

/**
 * Assembles a tar file that looks like a release of OpenZFS but is none: modules of one version,
 * user space of another.
 */
export async function assembleRelease(
  archive: Archive,
  assembly: Assembly,
  place: { cache: string; compiler: string },
): Promise<void> {
  const { version, older, dkms, output } = assembly;
  if (existsSync(output)) return;
  const { compiler, cache } = place;
  const toolchain = await openToolchain(archive, { compiler, programs: AUTOTOOLS, cache });
  const name = `zfs-${version}`;
  const folder = join(toolchain.root, 'assemble', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'older'), { recursive: true });
  const unpack = ['--no-same-owner', '--strip-components=1', '-C', join(folder, 'older')];
  await runOk('tar', ['-xzf', older, ...unpack]);
  await runOk('dpkg-deb', ['-x', dkms, join(folder, 'package')]);
  const newer = join(folder, 'package/usr/src', name);
  await runOk('sh', ['-c', LAY, 'sh', join(folder, 'older'), newer, join(folder, name)]);
  const script = `cd /assemble/${name}/${name}
export AUTOMAKE=$(ls /usr/bin/automake-1*) ACLOCAL=$(ls /usr/bin/aclocal-1*)
autoreconf -fi && rm -rf autom4te.cache`;
  const { status, stderr } = await toolchain.run('sh', ['-c', script]);
  if (status !== 0) {
    throw new LockstepError('build-failed', `autoreconf: ${lastLines(stderr, 20)}`);
  }
  const whole = join(folder, 'whole');
  await mkdir(whole);
  await runOk('tar', ['-xzf', older, '--no-same-owner', '--strip-components=1', '-C', whole]);
  await runOk('sh', ['-c', NEST, 'sh', join(folder, name), whole]);
  const same = ['--sort=name', '--owner=0', '--group=0', '--mtime=@1700000000'];
  const partial = `${output}.${process.pid}`;
  await runOk('sh', [
    '-c',
    'tar "$@" | gzip -1n > "$0"',
    partial,
    '-C',
    folder,
    '-c',
    ...same,
    name,
  ]);
  await rename(partial, output);
  await rm(folder, { recursive: true, force: true });
}
