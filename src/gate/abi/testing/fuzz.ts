import { LockstepError } from '../../../system/error.ts';
import { type Fault, mutated, randomNumbers } from '../../../system/testing/fuzz.ts';
import { targets } from './fuzz-targets.ts';

/**
 * Makes one input from a sample and reads it. A reader must give an answer or throw a
 * LockstepError, and must not look past the end: what lies around the input in memory must not
 * change the answer.
 */
export function tryInput(seed: number, samples: readonly Uint8Array[]): Fault | undefined {
  const random = randomNumbers(seed);
  const target = targets[random(targets.length)];
  if (!target) return undefined;
  const pool = [...target.samples(), ...(target.takesFiles ? samples : [])];
  const sample = pool[random(pool.length)] ?? new Uint8Array(0);
  const input = mutated(sample, random);
  const compare = random(8) === 0;
  const before = answer(target.read, surrounded(input, 0x00));
  if (before.fault) return { target: target.name, seed, what: before.fault };
  if (!compare) return undefined;
  const after = answer(target.read, surrounded(input, 0xff));
  if (after.text === before.text) return undefined;
  return { target: target.name, seed, what: 'the answer depends on what lies around the input' };
}

function answer(
  read: (input: Uint8Array) => unknown,
  input: Uint8Array,
): { text?: string; fault?: string } {
  try {
    return { text: JSON.stringify(read(input), plain) };
  } catch (error) {
    if (error instanceof LockstepError) return { text: error.message };
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function plain(_: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return [...value];
  return typeof value === 'bigint' ? String(value) : value;
}

/** The input in the middle of other bytes. */
function surrounded(input: Uint8Array, filler: number): Uint8Array {
  const room = new Uint8Array(input.length + 128).fill(filler);
  room.set(input, 64);
  return room.subarray(64, 64 + input.length);
}
