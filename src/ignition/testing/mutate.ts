import { buildButane, documentText } from '../build.ts';
import { decompile } from '../decompile.ts';
import { readDocument } from '../document.ts';
import { type ButaneCase, butaneCases } from './cases.ts';

/** What went wrong with an input, and the seed that makes it again. */
export interface MutationFault {
  seed: number;
  input: string;
  message: string;
}

const PIECES = [
  '*a',
  '&a ',
  '<<: ',
  '!var x',
  '!include x',
  '- ',
  ': ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '|\n',
  '>\n',
  '\t',
  '#',
  '\n',
  '  ',
  '~',
  'null',
  '-1',
  '0x',
  '1e999',
  '99999999999999999999',
  '%',
  '\u0000',
  '\ud800',
  '\uFEFF',
  '---\n',
  '...\n',
  '? ',
  '!!binary ',
  '!!int ',
  '__proto__: ',
  'constructor: ',
  'toString',
  ',',
  '\\',
  '\u2028',
  '😀',
];

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function mutate(text: string, other: string, seed: number): string {
  const next = random(seed);
  let result = text;
  for (let count = 1 + next(4); count > 0; count--) {
    const at = next(result.length + 1);
    const length = next(4) === 0 ? next(40) : 0;
    const from = next(other.length + 1);
    const piece =
      next(3) === 0 ? other.slice(from, from + next(60)) : (PIECES[next(PIECES.length)] ?? '');
    result = result.slice(0, at) + piece + result.slice(at + length);
  }
  return result;
}

const cases: ButaneCase[] = butaneCases();

/** Builds a mutated case; what comes of it must be told with a place, or be a valid document. */
export async function tryMutation(seed: number): Promise<MutationFault | undefined> {
  const one = cases[seed % cases.length];
  const other = cases[(seed * 7919) % cases.length];
  const json = seed % 5 === 0 && one?.stdout;
  const input = mutate(json || (one?.input ?? ''), other?.input ?? '', seed);
  const fault = (message: string) => ({ seed, input, message });
  try {
    const read = json
      ? readDocument({ file: 'x', text: input })
      : await buildButane([{ file: 'x', text: input }]);
    if (read.findings.some(({ line, column }) => line < 1 || column < 1)) return fault('no place');
    if (!read.document)
      return read.findings.some(({ severity }) => severity === 'error')
        ? undefined
        : fault('no error');
    const text = documentText(read.document);
    const again = readDocument({ file: 'x', text });
    if (!again.document) return fault(`not valid: ${again.findings[0]?.message}`);
    if (seed % 50 === 0 && (await decompile(again.document)) == null)
      return fault('not decompiled');
    return undefined;
  } catch (error) {
    return fault(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
