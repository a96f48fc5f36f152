/**
 * `lockstep verify` against depmod, whole processes, on a generic kernel from the archive: every
 * module of it in one call (goal: no slower than `depmod -n -e -E`, under 400 MB), and two large
 * modules against the full kernel (goal: under 0.4 s). Node bench/verify.ts [META [MODULE...]].
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchKernel, fetchSymvers } from '../src/gate/abi/testing/real-kernel.ts';
import { run, runOk } from '../src/system/process.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { measureProcess, medianRatio } from './measure/process.ts';

const ROUNDS = 3;
const [meta = await defaultMeta(), ...given] = process.argv.slice(2);
const main = join(import.meta.dirname, '../dist/main.cjs');

await using folder = await temporaryFolder();
const kernel = await fetchKernel(folder.path, meta);
const symvers = await fetchSymvers(folder.path, kernel);
await runOk('/usr/sbin/depmod', ['-b', kernel.root, kernel.release]);
const files = await readdir(kernel.modulesDir, { recursive: true });
const modules = files.filter((name) => /\.ko(\.xz|\.zst|\.gz)?$/.test(name));
console.log(`kernel ${kernel.release}, ${modules.length} modules`);

let peak = 0;
const every = async () => {
  const result = await verify([]);
  peak = Math.max(peak, result.peak);
  return result.seconds;
};
const depmod = async () => {
  const args = ['-n', '-e', '-E', symvers, '-b', kernel.root, kernel.release];
  return (await measureProcess('/usr/sbin/depmod', args)).seconds;
};
const ratio = await medianRatio(ROUNDS, every, depmod);
console.log(
  `verify: all modules take ${ratio.toFixed(2)} times depmod -n -e -E (goal 1), ${Math.round(peak / 2 ** 20)} MiB (goal 400)`,
);

const two = given.length > 0 ? given : await largest(2);
const seconds = [];
for (let round = 0; round < 5; round++) seconds.push((await verify(two)).seconds);
const median = seconds.sort((a, b) => a - b)[2] ?? Number.NaN;
console.log(
  `verify: ${two.map((path) => path.split('/').at(-1)).join(' and ')} take ${median.toFixed(2)} s (goal 0.4)`,
);

async function verify(args: readonly string[]) {
  return measureProcess(process.execPath, [
    main,
    'verify',
    '--modules-dir',
    kernel.modulesDir,
    ...args,
  ]);
}

/** Modules larger than `spl` and `zfs`, which are not in the archive as binaries. */
async function largest(count: number): Promise<string[]> {
  const sizes = await Promise.all(
    modules.map(async (name) => {
      const path = join(kernel.modulesDir, name);
      return { path, size: (await stat(path)).size };
    }),
  );
  return sizes
    .sort((a, b) => b.size - a.size)
    .slice(0, count)
    .map(({ path }) => path);
}

/** A kernel with compressed modules where the archive has one. */
async function defaultMeta(): Promise<string> {
  const newer = await run('apt-cache', ['show', '--no-all-versions', 'linux-image-6.12-amd64']);
  return newer.status === 0 ? 'linux-image-6.12-amd64' : 'linux-image-amd64';
}
