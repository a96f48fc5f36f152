import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ReadReport, ReadTask } from './mount-reader.ts';

/** What readers of a mount find, each by a seed of its own; `after` waits until so many of their reads have ended. */
export function readAll(
  readers: readonly Reader[],
  { seed, ...task }: Omit<ReadTask, 'ended'>,
): { reports: Promise<ReadReport[]>; after: (count: number) => Promise<void> } {
  const ended = new SharedArrayBuffer(4);
  const counter = new Int32Array(ended);
  const reports = readers.map((read, reader) => {
    return read({ ...task, seed: seed + reader, ended });
  });
  const after = async (count: number) => {
    while (Atomics.load(counter, 0) < count) await sleep(2);
  };
  return { reports: Promise.all(reports), after };
}

/** Reads as it is told, on a thread of its own. */
export type Reader = (task: ReadTask) => Promise<ReadReport>;

/** Threads that read; they end with the scope. */
export function startReaders(count: number): { readers: Reader[] } & AsyncDisposable {
  const place = new URL('./mount-reader.ts', import.meta.url);
  const workers = Array.from({ length: count }, () => new Worker(place));
  const readers = workers.map((worker) => async (task: ReadTask) => {
    worker.postMessage(task, []);
    const [report] = (await once(worker, 'message')) as [ReadReport];
    return report;
  });
  return {
    readers,
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
