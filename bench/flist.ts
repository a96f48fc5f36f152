/**
 * Packs, packs again and reads the modules of Debian's generic kernel as flist, casync and squashfs
 * do, all in memory. Goals: pack 1.2 times casync make; unchanged again in half of that; every file
 * from a warm cache 0.3 of the throughput of squashfs (lz4) on a loop device; pack and mount 250 MB.
 * Argument: rounds (3).
 */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchKernel } from '../src/gate/abi/testing/real-kernel.ts';
import { runOk } from '../src/system/process.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { measureProcess, median, type ProcessRun } from './process.ts';

const ROUNDS = Number(process.argv[2] ?? 3);
const MAIN = join(import.meta.dirname, '../dist/main.js');
const READ = 'find "$0" -type f -print0 | sort -z | xargs -0 cat > /dev/null';

await using folder = await temporaryFolder(existsSync('/dev/shm') ? '/dev/shm' : undefined);
const at = (name: string) => join(folder.path, name);
const kernel = await fetchKernel(folder.path, 'linux-image-amd64');
await runOk('depmod', ['-b', kernel.root, kernel.release]);

const lockstep = (...args: string[]) => measureProcess(process.execPath, [MAIN, 'flist', ...args]);
const pack = () =>
  lockstep('pack', '-m', at('m.fl'), '-s', `dir://${at('store')}`, kernel.modulesDir);

const packs: { first: ProcessRun; again: ProcessRun; casync: ProcessRun }[] = [];
for (let round = 0; round < ROUNDS; round++) {
  for (const name of ['m.fl', 'store', 'chunks', 'i.caidx'])
    await rm(at(name), { recursive: true, force: true });
  const casync = ['make', `--store=${at('chunks')}`, at('i.caidx'), kernel.modulesDir];
  packs.push({
    casync: done(await measureProcess('casync', casync)),
    first: done(await pack()),
    again: done(await pack()),
  });
}
say(
  'pack, of the time of casync make',
  packs.map(({ first, casync }) => first.seconds / casync.seconds),
  1.2,
);
say(
  'pack unchanged, of the first time',
  packs.map(({ again, first }) => again.seconds / first.seconds),
  0.5,
);
say(
  'pack, MB of memory',
  packs.map(({ first }) => first.peak / 1e6),
  250,
);

await mkdir(at('squashfs'));
await runOk('mksquashfs', [kernel.modulesDir, at('sq.img'), '-comp', 'lz4', '-quiet']);
await runOk('mount', ['-o', 'loop,ro', at('sq.img'), at('squashfs')]);
const mount = ['mount', '-m', at('m.fl'), '-c', at('cache'), '-d', at('mnt')];
const reads: { flist: ProcessRun; squashfs: ProcessRun }[] = [];
try {
  for (let round = 0; round <= ROUNDS; round++) {
    done(await lockstep(...mount));
    const flist = done(await measureProcess('sh', ['-c', READ, at('mnt')]));
    done(await lockstep('umount', at('mnt')));
    // What the kernel keeps of a loop device would be read from there.
    await runOk('sh', ['-c', 'echo 3 > /proc/sys/vm/drop_caches']);
    const squashfs = done(await measureProcess('sh', ['-c', READ, at('squashfs')]));
    reads.push({ flist, squashfs });
  }
} finally {
  await runOk('umount', [at('squashfs')]);
}
const [cold, ...warm] = reads.map(({ flist, squashfs }) => squashfs.seconds / flist.seconds);
say('first read, of the throughput of squashfs', [cold ?? 0]);
say('read from a warm cache, of the throughput of squashfs', warm, 0.3);

function done(run: ProcessRun): ProcessRun {
  if (run.status === 0) return run;
  throw new Error(`a program ended with ${run.status}`);
}

function say(what: string, values: readonly number[], goal?: number): void {
  const told = median(values);
  const digits = told < 10 ? 2 : 0;
  process.stdout.write(
    `${what}: ${told.toFixed(digits)}${goal == null ? '' : ` (goal ${goal})`}\n`,
  );
}
