import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Digest, digestOfFile } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { lastLines, run } from '../../system/process.ts';
import { requireProgram } from '../../system/program.ts';
import { makeFlatRepository } from './flat-repository.ts';
import { checkInstalled } from './installed.ts';
import { privateNamespace, scratchInMemory } from './namespace.ts';
import type { PackageSet } from './package-set.ts';
import { moveTo, scratchFolder } from './scratch.ts';

/** Grows when the same packages would give another root. */
export const ROOT_RECIPE_VERSION = 1;

export interface RootOptions {
  /** Where the packages lie (see fetchPackages). */
  pool: string;
  /** The tar file that is made, uncompressed; replaced at one blow. */
  output: string;
  /** Folder for scratch files; cleaned of what a killed run left. */
  work: string;
  /** Seconds since 1970 that files made on the way are dated with. */
  sourceDateEpoch: number;
  env: NodeJS.ProcessEnv;
  /** User id that lockstep runs as; 0 needs no user namespace. */
  uid: number;
  signal?: AbortSignal;
  /** Path patterns (dpkg's --path-exclude) that are not unpacked. Default: none. */
  exclude?: readonly string[];
  /** Make an initramfs for the kernels of the root. Default false: lockstep boots with its own. */
  initramfs?: boolean;
  /** Install in memory (three times as fast) or on disk. Default: in memory where there is room. */
  inMemory?: boolean;
  /** File that takes the whole log. */
  log?: string;
  onLine?: (line: string) => void;
}

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
  await moveTo(files.tar, options.output);
  return { path: options.output, ...(await digestOfFile(options.output)) };
}

interface Files {
  tar: string;
  status: string;
  repository: string;
  hook: string;
  temporary: string;
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

async function layFiles(scratch: string, options: RootOptions): Promise<Files> {
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

/** The scratch file system lives in the namespace and ends with it, however that comes about. */
const IN_NAMESPACE = `set -e
[ -z "$SCRATCH" ] || mount -t tmpfs -o "mode=0755,size=$SCRATCH" lockstep "$TMPDIR"
exec "$@"`;

async function install(set: PackageSet, files: Files, options: RootOptions): Promise<void> {
  const { env, uid, signal } = options;
  const namespace = privateNamespace(env, uid);
  const mmdebstrap = requireProgram('mmdebstrap', env);
  const script = [
    '/bin/sh',
    '-c',
    IN_NAMESPACE,
    'sh',
    mmdebstrap,
    ...argumentsOf(set, files, options),
  ];
  const result = await run(namespace.program, [...namespace.args, ...script], {
    env: environment(files, options),
    cwd: '/',
    signal,
    keep: 8 << 20,
    onLine: options.onLine,
  });
  const said = `${result.stdout}${result.stderr}`;
  if (options.log) await writeFile(options.log, said);
  if (result.status !== 0) throw installFailed(result.status, said, options);
}

function argumentsOf(set: PackageSet, files: Files, options: RootOptions): string[] {
  const architecture = set.packages.find((one) => one.architecture !== 'all')?.architecture;
  const include = set.packages.map(({ name, version }) => `${name}=${version}`);
  return [
    '--verbose',
    '--mode=root',
    '--variant=essential',
    '--format=tar',
    '--skip=check/qemu',
    `--architectures=${architecture ?? 'amd64'}`,
    `--include=${include.join(',')}`,
    '--aptopt=APT::Sandbox::User "root"',
    '--aptopt=APT::Install-Recommends "false"',
    '--dpkgopt=force-unsafe-io',
    ...(options.exclude ?? []).map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    `--customize-hook=${files.hook}`,
    '',
    files.tar,
    `deb [trusted=yes] copy://${files.repository} ./`,
  ];
}

function environment(files: Files, options: RootOptions): NodeJS.ProcessEnv {
  const memory = options.inMemory === false ? undefined : scratchInMemory();
  return {
    PATH: `${options.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`,
    HOME: options.env.HOME ?? '/',
    LC_ALL: 'C.UTF-8',
    DEBIAN_FRONTEND: 'noninteractive',
    SOURCE_DATE_EPOCH: String(options.sourceDateEpoch),
    TMPDIR: files.temporary,
    SCRATCH: memory ? String(memory) : '',
    ...(options.initramfs ? {} : { INITRD: 'No' }),
  };
}

/** Lines of apt, dpkg and mmdebstrap that say why. */
const CAUSE = /^E: |^dpkg: error|subprocess returned|not installable|\berror:/;
/** Lines that only say that something went wrong, with the whole command. */
const NOISE = /^E: (apt download failed|mmdebstrap failed|Unable to correct)/;

function installFailed(status: number, said: string, options: RootOptions): LockstepError {
  const causes = said.split('\n').filter((line) => CAUSE.test(line) && !NOISE.test(line));
  const text = causes.length > 0 ? causes.slice(0, 6).join('\n') : lastLines(said, 6);
  if (/No space left on device/.test(said)) {
    return new LockstepError('disk-full', `no room to install the root: ${text}`, {
      hint: `make room in ${options.work}`,
    });
  }
  return new LockstepError('program-failed', `mmdebstrap exited with ${status}: ${text}`, {
    context: { program: 'mmdebstrap', status, log: options.log },
    hint: options.log ? `the whole log is in ${options.log}` : undefined,
  });
}
