import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fetchKernel } from '../../src/gate/abi/testing/real-kernel.ts';
import { runOk } from '../../src/system/process.ts';
import { temporaryFolder } from '../../src/system/temporary.ts';
import { measureProcess, median, memoryOf, type ProcessRun } from '../measure/process.ts';

const MAIN = join(import.meta.dirname, '../../dist/main.cjs');
/** statfs(2). */
const FUSE_SUPER_MAGIC = 0x65735546;

/** What is measured with, all of it in memory. */
export interface Lab extends AsyncDisposable {
  rounds: number;
  /** A place in memory. */
  at: (name: string) => string;
  /** Debian's generic modules with their indexes. */
  modules: string;
}

export async function openLab(rounds: number): Promise<Lab> {
  const folder = await temporaryFolder(existsSync('/dev/shm') ? '/dev/shm' : undefined);
  const kernel = await fetchKernel(folder.path, 'linux-image-amd64');
  await runOk('depmod', ['-b', kernel.root, kernel.release]);
  return {
    rounds,
    at: (name) => join(folder.path, name),
    modules: kernel.modulesDir,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Runs a program to its end and measures it; throws when it fails. */
export async function measured(program: string, ...args: string[]): Promise<ProcessRun> {
  const run = await measureProcess(program, args);
  if (run.status === 0) return run;
  throw new Error(`${program} ${args.join(' ')} ended with ${run.status}`);
}

export const lockstep = (...args: string[]): Promise<ProcessRun> =>
  measured(MAIN, 'flist', ...args);

/** Seconds that reading every file below a folder takes, one after the other. */
export async function secondsToRead(folder: string): Promise<number> {
  const script = 'find "$0" -type f -print0 | sort -z | xargs -0 cat > /dev/null';
  return (await measured('sh', '-c', script, folder)).seconds;
}

/** Mounts a flist or, with casync, an index; gives what `work` gives, and the memory of the server. */
export async function whileMounted<T>(
  { server, target }: { server: readonly [program: string, ...args: string[]]; target: string },
  work: () => Promise<T>,
): Promise<{ result: T; peak: number }> {
  await mkdir(target, { recursive: true });
  const [program, ...args] = server;
  const child = spawn(program, args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    while ((await statfs(target)).type !== FUSE_SUPER_MAGIC) {
      if (child.exitCode != null) throw new Error(`${args.join(' ')} ended`);
      await delay(20);
    }
    // What a server does right after it is mounted is not what is measured.
    await delay(500);
    const result = await work();
    return { result, peak: memoryOf(child.pid) };
  } finally {
    await runOk('umount', [target]).catch(() => child.kill());
    await ended;
  }
}

export function flistMount({ at }: Lab, manifest: string) {
  const target = at('mnt');
  const args = ['flist', 'mount', '-m', at(manifest), '-c', at('cache'), target];
  return { server: [MAIN, ...args] as const, target };
}

/** Nothing is left of earlier rounds. */
export async function remove({ at }: Lab, ...names: string[]): Promise<void> {
  for (const name of names) await rm(at(name), { recursive: true, force: true });
}

/** One line of the result: the median and, where there is one, the goal. */
export function say(what: string, values: readonly number[], goal = ''): void {
  const told = median(values);
  const digits = told < 10 ? 2 : 0;
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ', 1)[0];
  const beside = [...(goal === '' ? [] : [`goal: ${goal}`]), `load ${load}`].join('; ');
  process.stdout.write(`${what}: ${told.toFixed(digits)} (${beside})\n`);
}
