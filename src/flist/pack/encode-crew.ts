import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { LockstepError } from '../../system/error.ts';
import type { EncodedBlock } from '../block/codec.ts';

/** Content that is to be encoded, in memory or in a file. */
export type EncodeTask = { content: Uint8Array } | BlockTask;

/** One block of a file that is to be encoded. */
export interface BlockTask {
  path: string;
  /** Where it begins, in bytes. */
  at: number;
  length: number;
  /** What the file was when the folder was looked at. */
  size: number;
  /** Seconds. */
  mtime: number;
}

export type EncodeAnswer = { blocks: EncodedBlock[] } | { failure: string };

/** Reads and encodes blocks on threads of their own. */
export interface EncodeCrew extends AsyncDisposable {
  /** Throws `invalid-content` for a file that changed, or that cannot be read. */
  encode(tasks: readonly EncodeTask[]): Promise<EncodedBlock[]>;
}

/** Blocks lie outside of a thread's heap: a small nursery will do (MiB). */
const MEMORY = { maxYoungGenerationSizeMb: 6 };

/** Starts as many threads as there are processors, at most eight. */
export function startEncodeCrew(size: number = Math.min(availableParallelism(), 8)): EncodeCrew {
  const file = import.meta.url.endsWith('.ts') ? './encode-worker.ts' : './encode-worker.cjs';
  const workers = Array.from(
    { length: size },
    () => new Worker(new URL(file, import.meta.url), { resourceLimits: MEMORY }),
  );
  const free = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const take = () => {
    const worker = free.pop();
    return worker
      ? Promise.resolve(worker)
      : new Promise<Worker>((resolve) => waiting.push(resolve));
  };
  const release = (worker: Worker) => {
    const next = waiting.shift();
    if (next) next(worker);
    else free.push(worker);
  };
  return {
    async encode(tasks) {
      const worker = await take();
      const answer = await ask(worker, tasks).finally(() => release(worker));
      if ('blocks' in answer) return answer.blocks;
      throw new LockstepError('invalid-content', answer.failure, {
        hint: 'pack again when nothing changes it',
      });
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function ask(worker: Worker, tasks: readonly EncodeTask[]): Promise<EncodeAnswer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: EncodeAnswer) => {
      worker.off('error', onError);
      resolve(answer);
    };
    const onError = (error: Error) => {
      worker.off('message', onMessage);
      reject(error);
    };
    worker.once('message', onMessage);
    worker.once('error', onError);
    worker.postMessage(tasks, []);
  });
}
