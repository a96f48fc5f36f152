import { LockstepError } from '../../../system/error.ts';
import { targets } from './fuzz-targets.ts';

/** An input that a reader did not take as it should. */
export interface Fault {
  target: string;
  seed: number;
  what: string;
}

/** Numbers that look random and are the same for the same seed (xorshift32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = (seed ^ 0x9e3779b9) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, below);
  };
}

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

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

function mutated(sample: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = Buffer.from(sample);
  for (let count = 1 + random(6); count > 0 && bytes.length > 0; count--) {
    bytes = mutateOnce(bytes, random);
  }
  return bytes;
}

function mutateOnce(bytes: Buffer, random: (below: number) => number): Buffer<ArrayBuffer> {
  const copy = Buffer.from(bytes);
  const at = random(copy.length);
  switch (random(8)) {
    case 0:
      return Buffer.from(copy.subarray(0, at));
    case 1:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(random(copy.length))]);
    case 2:
      copy[at] = random(256);
      return copy;
    case 3:
      copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
      return copy;
    case 4:
      copy.copyWithin(at, random(copy.length), random(copy.length));
      return copy;
    default: {
      const value =
        random(2) === 0 ? (INTERESTING[random(INTERESTING.length)] ?? 0) : random(copy.length);
      const width = [1, 2, 4][random(3)] ?? 1;
      const place = Math.min(at - (at % width), copy.length - width);
      if (place >= 0) copy.writeUIntLE(value % 2 ** (8 * width), place, width);
      return copy;
    }
  }
}
