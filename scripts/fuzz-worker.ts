import { parentPort } from 'node:worker_threads';
import { tryInput } from '../src/gate/abi/testing/fuzz.ts';
import type { FuzzAnswer, FuzzTask } from './fuzz.ts';

parentPort?.on('message', (task: FuzzTask) => {
  void work(task);
});

async function work({ from, to, samples }: FuzzTask): Promise<void> {
  const faults = [];
  for (let seed = from; seed < to; seed++) {
    const fault = tryInput(seed, samples);
    if (fault) faults.push(fault);
    // Native buffers are freed between turns only.
    if (seed % 50 === 0) await new Promise((go) => setImmediate(go));
  }
  const answer: FuzzAnswer = { faults, memory: process.memoryUsage().rss };
  parentPort?.postMessage(answer, []);
}
