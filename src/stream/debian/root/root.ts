import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Digest, digestOfFile } from '../../../system/digest.ts';
import type { PackageSet } from '../apt/package-set.ts';
import { makeFlatRepository } from './flat-repository.ts';
import { install, type RootFiles } from './install.ts';
import { checkInstalled } from './installed.ts';
import type { RootOptions } from './options.ts';
import { moveTo, scratchFolder } from './scratch.ts';

export type { RootOptions } from './options.ts';

export interface Root {
  path: string;
  /** Of the uncompressed tar. */
  digest: Digest;
  size: number;
}

/** Documentation that a builder does not need. */
export const WITHOUT_DOCUMENTATION = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
] as const;

/**
 * Makes a root file system of exactly the packages of a set, as one tar file. Nothing is fetched:
 * mmdebstrap installs from a repository made of the pool. The same set, date and options give
 * the same bytes, as root and as an ordinary user. What is installed is compared with the set
 * afterwards. Throws `program-failed` when a package cannot be installed.
 */
export async function makeRoot(set: PackageSet, options: RootOptions): Promise<Root> {
  await using scratch = await scratchFolder(resolve(options.work), options);
  const files = await layFiles(scratch.path, options);
  await makeFlatRepository(set, files.repository, { ...options, pool: resolve(options.pool) });
  await install(set, files, options);
  checkInstalled(set, await readFile(files.status, 'utf8'));
  await mkdir(dirname(options.output), { recursive: true });
  options.onLine?.('putting the root in its place');
  await moveTo(files.tar, options.output);
  options.onLine?.('taking the digest of the root');
  return { path: options.output, ...(await digestOfFile(options.output)) };
}

/** What packages make for one machine, and what mmdebstrap takes from this one. */
const MACHINE_OWN = [
  'etc/hostid',
  'etc/hostname',
  'etc/resolv.conf',
  'etc/ssh/ssh_host_*_key*',
  'var/lib/systemd/random-seed',
  'etc/apt/apt.conf.d/99mmdebstrap',
  'etc/dpkg/dpkg.cfg.d/99mmdebstrap',
];

async function layFiles(scratch: string, options: RootOptions): Promise<RootFiles> {
  const at = (name: string) => join(scratch, name);
  const files = {
    tar: at('root.tar'),
    status: at('status'),
    repository: at('repository'),
    hook: at('hook'),
    temporary: at('tmp'),
  };
  const own = MACHINE_OWN.map((name) => `"$1"/${name}`).join(' ');
  const lines = [
    '#!/bin/sh',
    'set -e',
    `cp "$1/var/lib/dpkg/status" '${files.status}'`,
    `rm -f ${own}`,
    ': > "$1/etc/apt/sources.list"',
  ];
  await mkdir(files.temporary, { mode: 0o755 });
  await writeFile(files.hook, `${lines.join('\n')}\n`, { mode: 0o755 });
  if (options.log) await mkdir(dirname(options.log), { recursive: true });
  return files;
}
