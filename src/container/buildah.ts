import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunOptions, type RunResult, run, runOk } from '../system/process.ts';
import { findProgram, requireProgram } from '../system/program.ts';

export interface BuildahOptions {
  /** Folder of a container storage of our own; the user's own is not touched. */
  storage: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Whether lockstep runs as root: others get namespaces of their own from buildah itself. */
  root?: boolean;
}

/** buildah with a private container storage. */
export interface Buildah {
  /** Runs one buildah command; throws `program-failed` when it exits with anything but 0. */
  call(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** The same, for calls whose exit status is part of the answer. */
  try(args: readonly string[], options?: RunOptions): Promise<RunResult>;
}

/**
 * Opens a private container storage: on the kernel's overlay where that works for this user and
 * place, else by plain copies.
 */
export async function openBuildah(options: BuildahOptions): Promise<Buildah> {
  const [program, ...prefix] = await commandOf(options);
  const temporary = join(options.storage, 'tmp');
  await mkdir(temporary, { recursive: true });
  const env = { ...options.env, TMPDIR: temporary };
  const base = { env, signal: options.signal };
  const withDriver = (driver: string) => [
    '--root',
    join(options.storage, driver),
    '--runroot',
    join(options.storage, 'run'),
    '--storage-driver',
    driver,
  ];
  const probe = await run(program, [...prefix, ...withDriver('overlay'), 'info'], base);
  const globals = [...prefix, ...withDriver(probe.status === 0 ? 'overlay' : 'vfs')];
  return {
    call: (args, more) => runOk(program, [...globals, ...args], { ...base, ...more }),
    try: (args, more) => run(program, [...globals, ...args], { ...base, ...more }),
  };
}

/**
 * The start of every call. Root's buildah gets a mount namespace of its own, where that is allowed:
 * what it mounts ends with it, also when it is killed.
 */
async function commandOf(options: BuildahOptions): Promise<[string, ...string[]]> {
  const buildah = requireProgram('buildah', options.env);
  const unshare = options.root ? findProgram('unshare', options.env) : undefined;
  if (!unshare) return [buildah];
  const { env, signal } = options;
  const probe = await run(unshare, ['--mount', 'true'], { env, signal });
  return probe.status === 0 ? [unshare, '--mount', buildah] : [buildah];
}

/**
 * Removes a container storage with all that was left in it. An ordinary user's storage holds files
 * of other user ids, which only a user namespace may remove.
 */
export async function removeStorage(options: BuildahOptions & { root: boolean }): Promise<void> {
  const remove = ['rm', '-rf', '--one-file-system', options.storage];
  if (options.root) {
    await run('umount', ['-R', '-l', join(options.storage, 'overlay', 'overlay')], options);
    await runOk('rm', remove.slice(1), options);
    return;
  }
  const buildah = requireProgram('buildah', options.env);
  await runOk(buildah, ['unshare', ...remove], options);
}
