import { readdirSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../src/system/temporary.ts';
import type { ProcessRun } from '../measure/process.ts';
import { type Lab, lockstep, measured, remove, say } from './lab.ts';

/** Packing a folder of modules: beside casync, again, onto a disk, and what the store takes. */
export async function measurePack(lab: Lab): Promise<void> {
  const rounds: Record<'first' | 'again' | 'casync' | 'disk', ProcessRun>[] = [];
  // ext4 passes over every inode that was freed in the last minutes: nothing is removed before the end.
  await using disk = await temporaryFolder();
  for (let round = 0; round < lab.rounds; round++)
    rounds.push(await packRound(lab, join(disk.path, `${round}`)));
  say(
    'pack, of the time of casync make',
    rounds.map(({ first, casync }) => first.seconds / casync.seconds),
    'at most 1.2',
  );
  say(
    'pack of what is unchanged, of the time of the first',
    rounds.map(({ again, first }) => again.seconds / first.seconds),
    'at most 0.5',
  );
  say(
    'pack onto a disk, of the time in memory',
    rounds.map(({ disk, first }) => disk.seconds / first.seconds),
    'at most 1.3',
  );
  say(
    'pack, MB of memory',
    rounds.map(({ first }) => first.peak / 1e6),
    'at most 250',
  );
  say('store, MB', [bytesBelow(lab.at('store')) / 1e6], 'at most 1 % above that of rfs');
}

async function packRound(lab: Lab, onDisk: string) {
  const { at, modules } = lab;
  await remove(lab, 'm.fl', 'store', 'chunks', 'i.caidx');
  const casync = await measured(
    'casync',
    'make',
    `--store=${at('chunks')}`,
    at('i.caidx'),
    modules,
  );
  const pack = () => lockstep('pack', '-m', at('m.fl'), '-s', `dir://${at('store')}`, modules);
  const first = await pack();
  const again = await pack();
  await mkdir(onDisk);
  const disk = await lockstep(
    'pack',
    '-m',
    `${onDisk}/m.fl`,
    '-s',
    `dir://${onDisk}/store`,
    modules,
  );
  return { casync, first, again, disk };
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
