import { keyText, type Tree } from '../../file/yaml/tree.ts';
import type { Path } from '../problem/path.ts';
import { error } from '../problem/problem.ts';
import type { DecodeProblem } from './decode.ts';
import {
  type Field,
  type Fields,
  type Struct,
  type Type,
  type Value,
  wholeNumber,
} from './type.ts';

/**
 * Takes the values of a struct out of a JSON text as Go's decoder does: null is nothing, keys match
 * in any case, a key that is there twice counts the last time. The first part of a wrong type ends it.
 */
export function decodeJson(tree: Tree, struct: Struct): { value: Fields; problem?: DecodeProblem } {
  try {
    return { value: (decode({ tree, type: struct, path: [] }) ?? {}) as Fields };
  } catch (wrong) {
    if (!(wrong instanceof WrongType)) throw wrong;
    const { path, tree: at, message } = wrong;
    return { value: {}, problem: { ...error(path, message), tree: at } };
  }
}

class WrongType extends Error {
  readonly tree: Tree;
  readonly path: Path;

  constructor({ tree, path }: Part, message: string) {
    super(message);
    this.tree = tree;
    this.path = path;
  }
}

interface Part {
  tree: Tree;
  type: Type;
  path: Path;
}

const WANTED = {
  string: 'text in quotes',
  int: 'a whole number',
  bool: 'true or false',
  list: 'a list',
  struct: 'an object',
};

function decode(part: Part): Value | undefined {
  const { tree, type, path } = part;
  if (tree.kind === 'scalar' && tree.tag === 'null') return undefined;
  if (tree.kind === 'map' && type.kind === 'struct') {
    const result: Fields = {};
    for (const entry of tree.entries) {
      const found = fieldOf(type, keyText(entry) ?? '');
      if (!found) continue;
      const [name, field] = found;
      const value = decode({ tree: entry.value, type: field.type, path: [...path, name] });
      if (value != null) result[name] = value;
    }
    return result;
  }
  if (tree.kind === 'list' && type.kind === 'list') {
    return tree.items.map(
      (item, index) =>
        decode({ tree: item, type: type.item, path: [...path, index] }) ?? zero(type.item),
    );
  }
  return scalar(part);
}

function fieldOf({ fields }: Struct, key: string): [string, Field] | undefined {
  const exact = fields.get(key);
  if (exact) return [key, exact];
  return [...fields].find(([name]) => name.toLowerCase() === key.toLowerCase());
}

function scalar(part: Part): Value {
  const { tree, type } = part;
  if (tree.kind === 'scalar') {
    if (type.kind === 'string' && tree.tag === 'string') return tree.text;
    if (type.kind === 'bool' && tree.tag === 'bool') return tree.text === 'true';
    if (type.kind === 'int' && tree.tag === 'number' && /^-?\d{1,20}$/.test(tree.text)) {
      const value = wholeNumber(BigInt(tree.text));
      if (value != null) return value;
    }
  }
  throw new WrongType(part, `must be ${WANTED[type.kind]}`);
}

function zero(type: Type): Value {
  if (type.kind === 'struct') return {};
  if (type.kind === 'list') return [];
  return type.kind === 'string' ? '' : type.kind === 'int' ? 0 : false;
}
