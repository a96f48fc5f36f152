import { closeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Manifest } from '../manifest/rows.ts';
import type { BlockReads } from './block-reads.ts';
import { answer, type PassedOn } from './channel.ts';
import { ERRNO } from './protocol.ts';

/** What a thread serves. */
export interface ServerTask {
  fuse: number;
  manifest: Pick<Manifest, 'inodes' | 'blocks'>;
  /** Folder with blocks. */
  cache: string;
}

/**
 * Serves a mount on a thread of its own until it is unmounted: that answers from the manifest and
 * from the cache; what is not there is asked of `blocks`.
 */
export async function serveMount(task: ServerTask, blocks: BlockReads): Promise<void> {
  try {
    await runWorker(task, blocks);
  } finally {
    closeSync(task.fuse);
  }
}

/** What an answer is made of is needed no more when it is written: a small nursery will do (MiB). */
const MEMORY = { maxYoungGenerationSizeMb: 12 };

function runWorker(workerData: ServerTask, blocks: BlockReads): Promise<void> {
  const file = import.meta.url.endsWith('.ts') ? './serve-worker.ts' : './serve-worker.cjs';
  const worker = new Worker(new URL(file, import.meta.url), { workerData, resourceLimits: MEMORY });
  worker.on('message', ({ unique, part }: PassedOn) => {
    const found = blocks.read(part).catch(() => undefined);
    void found.then((content) => answer(workerData.fuse, unique, content ?? ERRNO.io));
  });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}
