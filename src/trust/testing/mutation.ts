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

/** Changes that readers may see through, each at one place (a share of the length). */
const MILD: Readonly<Record<string, (char: string) => string>> = {
  space: (char) => ` ${char}`,
  line: (char) => `\n${char}`,
  return: (char) => `\r\n${char}`,
  tab: (char) => `\t${char}`,
  escape: (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  case: (char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()),
  nothing: () => '',
  twice: (char) => char + char,
  mark: (char) => `\xef\xbb\xbf${char}`,
};

/** A harmless-looking change of a text. */
export const mildChanges = fc.record({
  at: fc.noBias(fc.integer({ min: 0, max: 99_999 })).map((part) => part / 100_000),
  how: fc.constantFrom(...Object.keys(MILD)),
});

/** The text after such a change. */
export function changed(text: string, { at, how }: { at: number; how: string }): string {
  const index = Math.floor(at * text.length);
  const instead = MILD[how]?.(text[index] ?? '') ?? '';
  return text.slice(0, index) + instead + text.slice(index + 1);
}
