import { isDeepStrictEqual } from 'node:util';
import { plainYaml } from '../../file/yaml/plain-yaml.ts';
import type { Tree } from '../../file/yaml/tree.ts';
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
