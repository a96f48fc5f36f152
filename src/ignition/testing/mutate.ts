import { mutateLines } from '../../file/testing/mutate-lines.ts';
import { seededChoice } from '../../system/testing/random.ts';
import { buildButane, documentText } from '../build.ts';
import { decompile } from '../decompile.ts';
import { readDocument } from '../document.ts';
import { type ButaneCase, butaneCases } from './cases.ts';
import { readsPlainly } from './plain.ts';

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

export function mutate(text: string, other: string, seed: number): string {
  const next = seededChoice(seed);
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
  const text = json || (one?.input ?? '');
  const input =
    !json && seed % 2 === 0 ? mutateLines(text, seed) : mutate(text, other?.input ?? '', seed);
  const fault = (message: string) => ({ seed, input, message });
  try {
    const plain = readsPlainly(input);
    if (typeof plain === 'string') return fault(plain);
    const read = json
      ? readDocument({ file: 'x', text: input })
      : await buildButane([{ file: 'x', text: input }]);
    if (read.findings.some(({ line, column }) => line < 1 || column < 1)) return fault('no place');
    if (!read.document)
      return read.findings.some(({ severity }) => severity === 'error')
        ? undefined
        : fault('no error');
    const built = documentText(read.document);
    const again = readDocument({ file: 'x', text: built });
    if (!again.document) return fault(`not valid: ${again.findings[0]?.message}`);
    if (seed % 50 === 0 && (await decompile(again.document)) == null)
      return fault('not decompiled');
    return undefined;
  } catch (error) {
    return fault(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
