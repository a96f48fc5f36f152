import { parentPort } from 'node:worker_threads';
import { openFlistFuzzer } from '../src/flist/testing/fuzz.ts';
import { tryInput } from '../src/gate/abi/testing/fuzz.ts';
import type { Fault } from '../src/system/testing/fuzz.ts';
import type { FuzzAnswer, FuzzTask } from './fuzz.ts';

parentPort?.on('message', (task: FuzzTask) => {
  void work(task);
});

async function work(task: FuzzTask): Promise<void> {
  const faults = await (task.of === 'flists' ? flists(task) : modules(task));
  const answer: FuzzAnswer = { faults, memory: process.memoryUsage().rss };
  parentPort?.postMessage(answer, []);
}

async function modules({ from, to, samples }: FuzzTask): Promise<Fault[]> {
  const faults = [];
  for (let seed = from; seed < to; seed++) {
    const fault = tryInput(seed, samples);
    if (fault) faults.push(fault);
    // Native buffers are freed between turns only.
    if (seed % 50 === 0) await new Promise((go) => setImmediate(go));
  }
  return faults;
}

async function flists({ from, to }: FuzzTask): Promise<Fault[]> {
  await using fuzzer = await openFlistFuzzer();
  const faults = [];
  for (let seed = from; seed < to; seed++) {
    const fault = await fuzzer.try(seed);
    if (fault) faults.push(fault);
  }
  return faults;
}
