import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunResult, run } from '../src/system/process.ts';

export interface Job {
  /** Folder of a builder; stays as it is. */
  root: string;
  /** Folder of the job: `src` is `/src` there, `out` is `/out`. */
  folder: string;
  /** For `sh`. */
  script: string;
}

/** A layer over the builder takes all that is written, so that every job finds the same root. */
const ENTER = `set -e
mkdir -p "$JOB/upper" "$JOB/work" "$JOB/root"
mount -t overlay none -o "lowerdir=$BUILDER,upperdir=$JOB/upper,workdir=$JOB/work" "$JOB/root"
mount --rbind /dev "$JOB/root/dev"
mount -t proc none "$JOB/root/proc"
mkdir -p "$JOB/root/src" "$JOB/root/out"
mount --bind "$JOB/src" "$JOB/root/src"
mount --bind "$JOB/out" "$JOB/root/out"
exec chroot "$JOB/root" sh /src/job.sh`;

/** Runs a script in a fresh copy of the builder, without a network; needs root's rights. */
export async function runJob({ root, folder, script }: Job): Promise<RunResult> {
  for (const name of ['src', 'out']) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'src/job.sh'), script);
  const spaces = ['--mount', '--pid', '--fork', '--net', '--kill-child'];
  const result = await run('unshare', [...spaces, 'sh', '-c', ENTER], {
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      LC_ALL: 'C.UTF-8',
      SOURCE_DATE_EPOCH: '0',
      BUILDER: root,
      JOB: folder,
    },
    keep: 8 << 20,
  });
  for (const name of ['upper', 'work', 'root'])
    await rm(join(folder, name), { recursive: true, force: true });
  return result;
}
