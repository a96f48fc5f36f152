import type { Path } from '../problem/path.ts';
import { error, type Problem } from '../problem/problem.ts';
import { keyOf, setOf } from './identity.ts';
import type { Fields, Struct, Value } from './type.ts';

/** Finds entries of lists that are the same thing as one before them. */
export function duplicates(value: Fields, struct: Struct, path: Path = []): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, Set<string>>();
  for (const [name, { type }] of struct.fields) {
    const inner = value[name];
    if (inner == null) continue;
    const at = [...path, name];
    if (type.kind === 'struct') problems.push(...duplicates(inner as Fields, type, at));
    if (type.kind !== 'list') continue;
    const set = setOf(struct, name);
    const keys = seen.get(set) ?? new Set();
    seen.set(set, keys);
    for (const [index, item] of (inner as Value[]).entries()) {
      const key = keyOf(item, type.item);
      if (!type.appends && keys.has(key))
        problems.push(error([...at, index], `${key || 'this'} is there twice`));
      keys.add(key);
      if (type.item.kind === 'struct')
        problems.push(...duplicates(item as Fields, type.item, [...at, index]));
    }
  }
  return problems;
}
