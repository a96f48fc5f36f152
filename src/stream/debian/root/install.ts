import { writeFile } from 'node:fs/promises';
import { LockstepError } from '../../../system/error.ts';
import { lastLines, run } from '../../../system/process.ts';
import { requireProgram } from '../../../system/program.ts';
import type { PackageSet } from '../apt/package-set.ts';
import { privateNamespace, scratchInMemory } from './namespace.ts';
import type { RootOptions } from './options.ts';

/** Files of one installation, all in its scratch folder. */
export interface RootFiles {
  tar: string;
  status: string;
  repository: string;
  hook: string;
  temporary: string;
}

/** The scratch file system lives in the namespace and ends with it, however that comes about. */
const IN_NAMESPACE = `set -e
[ -z "$SCRATCH" ] || mount -t tmpfs -o "mode=0755,size=$SCRATCH" lockstep "$TMPDIR"
exec "$@"`;

const FULL = /No space left on device|Disk quota exceeded/;

/** Runs mmdebstrap in namespaces of its own; throws with the reasons that its log shows. */
export async function install(
  set: PackageSet,
  files: RootFiles,
  options: RootOptions,
): Promise<void> {
  const memory = options.memory ?? scratchInMemory();
  const first = await attempt(set, files, { ...options, memory });
  const again = memory && first.status !== 0 && FULL.test(first.said);
  const { status, said } = again ? await attempt(set, files, { ...options, memory: 0 }) : first;
  if (options.log) await writeFile(options.log, said);
  if (status !== 0) throw installFailed(status, said, options);
}

async function attempt(
  set: PackageSet,
  files: RootFiles,
  options: RootOptions,
): Promise<{ status: number; said: string }> {
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
  return { status: result.status, said: `${result.stdout}${result.stderr}` };
}

function argumentsOf(set: PackageSet, files: RootFiles, options: RootOptions): string[] {
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

function environment(files: RootFiles, options: RootOptions): NodeJS.ProcessEnv {
  return {
    PATH: `${options.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`,
    HOME: options.env.HOME ?? '/',
    LC_ALL: 'C.UTF-8',
    DEBIAN_FRONTEND: 'noninteractive',
    SOURCE_DATE_EPOCH: String(options.sourceDateEpoch),
    TMPDIR: files.temporary,
    SCRATCH: options.memory ? String(options.memory) : '',
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
  const refused = /^unshare: .*/m.exec(said)?.[0];
  if (refused) {
    return new LockstepError('not-allowed', `no namespace to install the root in: ${refused}`, {
      hint: 'in a container give it the right to make namespaces; as an ordinary user have subordinate ids in /etc/subuid and /etc/subgid (usermod --add-subuids, --add-subgids)',
    });
  }
  if (FULL.test(said)) {
    return new LockstepError('disk-full', `no room to install the root: ${text}`, {
      hint: `make room in ${options.work}`,
    });
  }
  return new LockstepError('program-failed', `mmdebstrap exited with ${status}: ${text}`, {
    context: { program: 'mmdebstrap', status, log: options.log },
    hint: options.log ? `the whole log is in ${options.log}` : undefined,
  });
}
