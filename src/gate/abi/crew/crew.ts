import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { KernelExport } from '../../../kernel/module/exports.ts';
import type { Kernel, Reader } from '../kernel/kernel.ts';
import type { ModuleCheck } from '../module/check-module.ts';
import type { InspectedModule, InspectOptions } from '../module/inspect.ts';
import { type FileToInspect, Inspector } from './inspector.ts';

export type CrewTask =
  | { type: 'read'; files: FileToInspect[]; kernel: Reader; options: InspectOptions }
  | { type: 'check'; kernel: Kernel; others: readonly InspectedModule[] };

export type CrewAnswer =
  | { type: 'exports'; exports: KernelExport[] }
  | { type: 'checks'; checks: ModuleCheck[] };

/** Reads and checks many modules. */
export interface Crew extends AsyncDisposable {
  /** Reads files; what they export comes back when all are read. */
  read(
    files: AsyncIterable<FileToInspect> | Iterable<FileToInspect>,
    kernel: Reader,
    options: InspectOptions,
  ): Promise<KernelExport[]>;
  /** Checks what was read. `others` may be loaded too. */
  check(kernel: Kernel, others: readonly InspectedModule[]): Promise<ModuleCheck[]>;
}

/** Files that go to a worker at once: few enough that its memory is freed in between. */
const BATCH = 4;
const BATCH_BYTES = 1 << 20;
const MEMORY = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 4 };

/** Starts as many threads, none for one: the caller's own is enough then. */
export function startCrew(size: number = Math.min(availableParallelism(), 8)): Crew {
  return size === 1 ? crewOfOne() : crewOfWorkers(size);
}

function crewOfOne(): Crew {
  const inspector = new Inspector();
  return {
    read: async (files, kernel, options) => {
      const exports: KernelExport[] = [];
      for await (const file of files) exports.push(...inspector.read(file, kernel, options));
      return exports;
    },
    check: async (kernel, others) => inspector.check(kernel, others),
    [Symbol.asyncDispose]: async () => {},
  };
}

function crewOfWorkers(size: number): Crew {
  const file = import.meta.url.endsWith('.ts') ? './crew-worker.ts' : './crew-worker.cjs';
  const workers = Array.from(
    { length: size },
    () => new Worker(new URL(file, import.meta.url), { resourceLimits: MEMORY }),
  );
  return {
    read: (files, kernel, options) => readAll(workers, batches(files), { kernel, options }),
    check: async (kernel, others) => {
      // What has been read needs it no more, and it is too much to be copied for each thread.
      const light = { ...kernel, btf: undefined };
      const answers = await Promise.all(
        workers.map((worker) => ask(worker, { type: 'check', kernel: light, others })),
      );
      return answers.flatMap((answer) => (answer.type === 'checks' ? answer.checks : []));
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** Every worker takes the next batch when it is done with its last one. */
async function readAll(
  workers: readonly Worker[],
  source: AsyncGenerator<FileToInspect[]>,
  with_: { kernel: Reader; options: InspectOptions },
): Promise<KernelExport[]> {
  const exports: KernelExport[] = [];
  await Promise.all(
    workers.map(async (worker) => {
      for (let next = await source.next(); !next.done; next = await source.next()) {
        const answer = await ask(worker, { type: 'read', files: next.value, ...with_ });
        if (answer.type === 'exports') exports.push(...answer.exports);
      }
    }),
  );
  return exports;
}

async function* batches(
  files: AsyncIterable<FileToInspect> | Iterable<FileToInspect>,
): AsyncGenerator<FileToInspect[]> {
  let batch: FileToInspect[] = [];
  let bytes = 0;
  for await (const file of files) {
    batch.push(file);
    bytes += file.content?.length ?? 0;
    if (batch.length < BATCH && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

function ask(worker: Worker, task: CrewTask): Promise<CrewAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      act();
    };
    const onMessage = (answer: CrewAnswer) => settle(() => resolve(answer))();
    const onError = (error: Error) => settle(() => reject(error))();
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage(task, []);
  });
}
