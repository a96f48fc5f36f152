/** An input that a reader did not take as it should. */
export interface Fault {
  target: string;
  seed: number;
  what: string;
}

/** Numbers from 0 to before `below` that look random. */
export type Random = (below: number) => number;

/** The same numbers for the same seed (xorshift32). */
export function randomNumbers(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, below);
  };
}

/** One of several. */
export function oneOf<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[random(choices.length)] ?? choices[0];
}

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** A sample with up to six damages: cut, joined, bits, bytes, numbers. */
export function mutated(sample: Uint8Array, random: Random): Uint8Array {
  let bytes = Buffer.from(sample);
  for (let count = 1 + random(6); count > 0 && bytes.length > 0; count--) {
    bytes = mutateOnce(bytes, random);
  }
  return bytes;
}

function mutateOnce(bytes: Buffer, random: Random): Buffer<ArrayBuffer> {
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
