import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LockstepError } from './error.ts';

/** The Debian package that has each program that lockstep starts. */
export const PACKAGE_OF = {
  'apt-get': 'apt',
  'apt-cache': 'apt',
  'apt-config': 'apt',
  git: 'git',
  flock: 'util-linux',
  buildah: 'buildah',
  depmod: 'kmod',
  'dpkg-deb': 'dpkg',
  'dpkg-source': 'dpkg-dev',
  gpgv: 'gpgv',
  mmdebstrap: 'mmdebstrap',
  unshare: 'util-linux',
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-system-aarch64': 'qemu-system-arm',
  sqfstar: 'squashfs-tools',
  tar: 'tar',
  unsquashfs: 'squashfs-tools',
  busybox: 'busybox-static',
  newuidmap: 'uidmap',
} as const;

export type ProgramName = keyof typeof PACKAGE_OF;

/** Places where an ordinary user's PATH does not look but Debian puts programs. */
const SYSTEM_PLACES = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The path of a program, or undefined. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const places = [...(env.PATH ?? '').split(delimiter), ...SYSTEM_PLACES].filter(Boolean);
  return places.map((place) => join(place, name)).find(isExecutable);
}

/** The path of a program; throws `program-missing` with the package to install. */
export function requireProgram(name: ProgramName, env: NodeJS.ProcessEnv): string {
  const path = findProgram(name, env);
  if (path) return path;
  throw new LockstepError('program-missing', `${name} is not installed`, {
    context: { program: name },
    hint: `install the package ${PACKAGE_OF[name]}`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
