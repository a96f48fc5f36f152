import { isDeepStrictEqual } from 'node:util';
import { seededChoice } from '../../system/testing/random.ts';
import { plainYaml } from '../text/plain-yaml.ts';
import type { Tree } from '../text/tree.ts';
import { wholeYaml } from '../text/whole-yaml.ts';

/**
 * True when the reader of plain YAML reads a text as the whole one does, false when it leaves it to
 * that, and otherwise what differs.
 */
export function readsPlainly(text: string): boolean | string {
  const source = { file: 'x', text };
  const tree = plainYaml(source);
  if (!tree) return false;
  const whole = wholeYaml(source);
  if (whole.fault) return `plain in spite of: ${whole.fault.message}`;
  const same = whole.tree && isDeepStrictEqual(outline(tree), outline(whole.tree));
  return same === true || 'read plainly in another way';
}

/** What of a tree is asked for. Where lists, maps and literal blocks end is not. */
function outline(tree: Tree): unknown {
  const { kind, start, tag } = tree;
  if (tree.kind === 'list') return { kind, start, tag, items: tree.items.map(outline) };
  if (tree.kind === 'map')
    return {
      kind,
      start,
      tag,
      entries: tree.entries.map(({ key, value }) => [outline(key), outline(value)]),
    };
  if (tree.kind === 'alias') return { kind, start, target: outline(tree.target) };
  const { text, plain, end, source } = tree;
  const isLiteral = /^(?:![a-z]+ +)?\|/.test(source.text.slice(start, start + 40));
  return { kind, start, tag, text, plain, end: isLiteral ? undefined : end };
}

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
