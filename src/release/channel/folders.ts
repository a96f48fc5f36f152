import { join } from 'node:path';

/** Where a project keeps what it can make again; nothing in it is needed to know what is stable. */
export interface Folders {
  /** `.lockstep` beside the configuration. */
  work: string;
  /** Private state of apt. */
  apt: string;
  /** Packages and sources by content. */
  pool: string;
  /** Answers that depend on digests alone. */
  answers: string;
  /** buildah's containers of the current run. */
  storage: string;
  /** Files that live no longer than a run. */
  scratch: string;
  /** A folder for each run. */
  runs: string;
  /** Held by the one run of this project. */
  lock: string;
}

/** The folder of everything that lockstep keeps beside the configuration. */
export const WORK_FOLDER = '.lockstep';

export function foldersOf(project: string): Folders {
  const work = join(project, WORK_FOLDER);
  return {
    work,
    apt: join(work, 'apt'),
    pool: join(work, 'pool'),
    answers: join(work, 'answers'),
    storage: join(work, 'storage'),
    scratch: join(work, 'scratch'),
    runs: join(work, 'runs'),
    lock: join(work, 'lock'),
  };
}
