import { seededChoice } from '../../system/testing/random.ts';

const PIECES =
  ' ·  ·- ·# c· # c·: ·:·|·|-·|+·!var ·!format ·"·\'·[·]·{·}·, ·,·\\n·\\·~·-·é·?·>·&a ·*a·x·0·\t·\'\'·@·%·`·!·#·\n·\n\n·\n  ·- - ·---·<<: ·"k": ·null·😀';

/** A text with a few lines changed as hands change them: moved, repeated, lost, a word too many. */
export function mutateLines(text: string, seed: number): string {
  const below = seededChoice(seed);
  const pieces = PIECES.split('·');
  const lines = text.split('\n');
  for (let count = 1 + below(3); count > 0 && lines.length > 0; count--) {
    const at = below(lines.length);
    const line = lines[at] ?? '';
    const middle = below(line.length + 1);
    const piece = pieces[below(pieces.length)] ?? '';
    const changed = [
      [],
      [line, lines[below(lines.length)] ?? ''],
      [' '.repeat(below(4)) + line],
      [line.replace(/^ {0,2}/, '')],
      [line + piece],
      [line.slice(0, middle) + piece + line.slice(middle)],
      [line.slice(0, middle) + line.slice(middle + 1)],
    ];
    lines.splice(at, 1, ...(changed[below(changed.length)] ?? []));
  }
  return below(20) === 0 ? lines.join('\n').trimEnd() : lines.join('\n');
}
