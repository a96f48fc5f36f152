import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { runOk } from '../../src/system/process.ts';
import { flistMount, type Lab, lockstep, remove, say, secondsToRead, whileMounted } from './lab.ts';

const LARGE = 200_000_000;

/** Seconds that reading everything took, and the memory of our server when it had fetched it. */
type MountRound = Record<'cold' | 'warm' | 'squashfs' | 'casync' | 'peak', number>;

/** Reading through mounts: every file in turn, warm and cold, and one large file. */
export async function measureMounts(lab: Lab): Promise<void> {
  await using modules = await squashfsOf(lab, 'modules', lab.modules);
  const flist = flistMount(lab, 'm.fl');
  const casync = {
    server: ['casync', 'mount', `--store=${lab.at('chunks')}`, lab.at('i.caidx'), lab.at('ca')],
    target: lab.at('ca'),
  } as const;
  const rounds: MountRound[] = [];
  for (let round = 0; round < lab.rounds; round++) {
    await remove(lab, 'cache');
    const cold = await whileMounted(flist, () => secondsToRead(flist.target));
    const warm = await whileMounted(flist, () => secondsToRead(flist.target));
    const squashfs = await modules.secondsToRead();
    const peer = await whileMounted(casync, () => secondsToRead(casync.target));
    rounds.push({
      cold: cold.result,
      warm: warm.result,
      squashfs,
      casync: peer.result,
      peak: cold.peak,
    });
  }
  const times = (value: (round: MountRound) => number) => rounds.map(value);
  say(
    'warm, of the speed of squashfs',
    times(({ squashfs, warm }) => squashfs / warm),
    '0.3',
  );
  say(
    'warm, times the speed of casync mount',
    times(({ casync, warm }) => casync / warm),
    '3',
  );
  say(
    'cold, times the speed of casync mount',
    times(({ casync, cold }) => casync / cold),
    '2',
  );
  say(
    'mount that fetched all, MB of memory',
    times(({ peak }) => peak / 1e6),
    'at most 250',
  );
  await measureLarge(lab);
}

/** What the modules are as one archive, cut: it compresses as they do. */
async function measureLarge(lab: Lab): Promise<void> {
  const { at } = lab;
  await mkdir(at('large'));
  await writeFile(at('large/file'), '');
  const tar = spawn('tar', ['-c', '-C', lab.modules, '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await pipeline(tar.stdout, createWriteStream(at('large/file')));
  await truncate(at('large/file'), LARGE);
  await lockstep('pack', '-m', at('large.fl'), '-s', `dir://${at('store')}`, at('large'));
  await using squashfs = await squashfsOf(lab, 'one', at('large'));
  const flist = flistMount(lab, 'large.fl');
  await whileMounted(flist, () => secondsToRead(flist.target));
  const ratios = [];
  for (let round = 0; round < lab.rounds; round++) {
    const { result } = await whileMounted(flist, () => secondsToRead(flist.target));
    ratios.push((await squashfs.secondsToRead()) / result);
  }
  say('one file of 200 MB, warm, of the speed of squashfs', ratios, '0.5');
}

/** A folder as squashfs with lz4 on a loop device, mounted until the scope ends. */
async function squashfsOf({ at }: Lab, name: string, folder: string) {
  const target = at(`squashfs-${name}`);
  await mkdir(target);
  await runOk('mksquashfs', [folder, at(`${name}.img`), '-comp', 'lz4', '-quiet']);
  await runOk('mount', ['-o', 'loop,ro', at(`${name}.img`), target]);
  return {
    secondsToRead: async () => {
      // What the kernel keeps of a loop device would be read from there.
      await runOk('sh', ['-c', 'echo 3 > /proc/sys/vm/drop_caches']);
      return secondsToRead(target);
    },
    [Symbol.asyncDispose]: async () => void (await runOk('umount', [target])),
  };
}
