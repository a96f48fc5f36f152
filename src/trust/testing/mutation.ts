import fc from 'fast-check';

/** One damage to bytes: where (as a share of their length), how, and with what. */
export interface Mutation {
  at: number;
  how: 'flip' | 'set' | 'insert' | 'delete' | 'repeat' | 'cut';
  with: number;
}

/** Some damages, one after the other. */
export const mutations = fc.array(
  fc.record({
    // As likely anywhere: left alone, most would be at the beginning.
    at: fc.noBias(fc.integer({ min: 0, max: 99_999 })).map((part) => part / 100_000),
    how: fc.constantFrom<Mutation['how'][]>('flip', 'set', 'insert', 'delete', 'repeat', 'cut'),
    with: fc.integer({ min: 0, max: 255 }),
  }),
  { minLength: 1, maxLength: 3 },
);

/** The bytes after these damages. */
export function mutated(bytes: Uint8Array, damages: readonly Mutation[]): Buffer {
  return damages.reduce(damaged, Buffer.from(bytes));
}

function damaged(bytes: Buffer, { at, how, with: value }: Mutation): Buffer {
  const index = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, index), bytes.subarray(index)];
  const [old = 0] = after;
  const instead: Record<Mutation['how'], [Uint8Array, Uint8Array]> = {
    flip: [Buffer.from([old ^ (1 << (value % 8))]), after.subarray(1)],
    set: [Buffer.from([value]), after.subarray(1)],
    insert: [Buffer.from([value]), after],
    delete: [Buffer.alloc(0), after.subarray(1 + (value % 8))],
    repeat: [after.subarray(0, value), after],
    cut: [Buffer.alloc(0), Buffer.alloc(0)],
  };
  return Buffer.concat([before, ...instead[how]]);
}
