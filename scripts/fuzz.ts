// Feeds damaged input to every reader of foreign bytes, on all processors.
//
//   node scripts/fuzz.ts [--of modules | flists] [--inputs 1000000] [--seed 1] [--files DIR]
//
// Of flists: manifests and blocks. Otherwise samples are built, and real: modules of DIR, of this machine's own kernel, or of a kernel that is
// fetched from the archive. A fault is printed with the seed that makes it again.
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { decompressBytes } from '../src/file/compression/compression.ts';

import { fetchKernel } from '../src/gate/abi/testing/real-kernel.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import type { Fault } from '../src/system/testing/fuzz.ts';

const STEP = 500;
const HANG = 60_000;
const SAMPLES = 24;
const LARGEST = 64 << 10;

export interface FuzzTask {
  of: string;
  from: number;
  to: number;
  samples: Uint8Array[];
}

export interface FuzzAnswer {
  faults: Fault[];
  memory: number;
}

const { values } = parseArgs({
  options: {
    of: { type: 'string', default: 'modules' },
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    files: { type: 'string' },
  },
});
const first = Number(values.seed);
const end = first + Number(values.inputs);
const samples = values.of === 'flists' ? [] : await realModules(values.files);
const started = Date.now();
const faults: Fault[] = [];
let next = first;
let memory = 0;
await Promise.all(Array.from({ length: availableParallelism() }, work));
const seconds = ((Date.now() - started) / 1000).toFixed(0);
const rss = Math.round(Math.max(memory, process.memoryUsage().rss) / 2 ** 20);
console.log(
  `${end - first} inputs of ${values.of}, ${samples.length} real modules among the samples, ${faults.length} faults, ${seconds} s, ${rss} MiB`,
);
process.exitCode = faults.length > 0 ? 1 : 0;

async function work(): Promise<void> {
  const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  try {
    while (next < end) {
      const from = next;
      next += STEP;
      const answer = await ask(worker, { of: values.of, from, to: Math.min(next, end), samples });
      memory = Math.max(memory, answer.memory);
      faults.push(...answer.faults);
      for (const fault of answer.faults) console.log(JSON.stringify(fault));
    }
  } finally {
    await worker.terminate();
  }
}

function ask(worker: Worker, task: FuzzTask): Promise<FuzzAnswer> {
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(new Error(`an input of ${task.from}…${task.to} does not come to an end`));
    const timer = setTimeout(late, HANG);
    worker.removeAllListeners();
    worker.once('error', reject);
    worker.once('message', (answer: FuzzAnswer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    worker.postMessage(task, []);
  });
}

/** Small real modules, decompressed: a few of each size. */
async function realModules(given: string | undefined): Promise<Uint8Array[]> {
  if (given) return modulesIn(given);
  const own = await modulesIn('/usr/lib/modules');
  if (own.length > 0) return own;
  await using folder = await temporaryFolder();
  try {
    const kernel = await fetchKernel(folder.path, 'linux-image-cloud-amd64');
    return await modulesIn(kernel.modulesDir);
  } catch (error) {
    console.log(`no real modules: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

async function modulesIn(folder: string): Promise<Uint8Array[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = names.filter((name) => /\.ko(\.(xz|zst|gz))?$/.test(name)).sort();
  const some = files.filter((_, index) => index % Math.ceil(files.length / 400) === 0);
  const contents = some.map((name) => decompressBytes(readFileSync(join(folder, name)), 64 << 20));
  return contents
    .filter((content) => content.length <= LARGEST)
    .slice(0, SAMPLES)
    .map((content) => new Uint8Array(content));
}
