import { NotPlain, notPlain } from './plain-scalars.ts';
import type { Entry, ScalarTree, Tree } from './tree.ts';

const WORD = /^(?:~|null|true|false)$/i;
const NUMBER =
  /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?\.(?:inf|nan)|0o[0-7]+|0x[\da-f]+)$/i;
const USUAL_NUMBER = /^(?:0|-?[1-9]\d{0,14})$/;

/**
 * What a tree says by the core schema (YAML 1.2.2, section 10.3). Undefined where a whole reader
 * must tell: tags, aliases, keys said twice, words and numbers that are written in rarer ways.
 */
export function plainValue(tree: Tree): { value: unknown } | undefined {
  try {
    return { value: valueOf(tree) };
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

function valueOf(tree: Tree): unknown {
  if (tree.tag != null || tree.kind === 'alias') return notPlain();
  if (tree.kind === 'scalar') return tree.plain ? meaning(tree) : tree.text;
  if (tree.kind === 'list') return tree.items.map(valueOf);
  const keys = new Set(tree.entries.map(keyOf));
  if (keys.size < tree.entries.length) notPlain();
  return Object.fromEntries(tree.entries.map((entry) => [keyOf(entry), valueOf(entry.value)]));
}

function keyOf({ key }: Entry): string {
  const isText = key.kind === 'scalar' && key.tag == null && !(key.plain && WORD.test(key.text));
  return isText ? key.text : notPlain();
}

function meaning({ text }: ScalarTree): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  if (USUAL_NUMBER.test(text)) return Number(text);
  return WORD.test(text) || NUMBER.test(text) ? notPlain() : text;
}
