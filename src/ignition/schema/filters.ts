import type { Path } from '../problem/path.ts';
import { error, type Problem } from '../problem/problem.ts';
import { type Field, type Fields, isEmptyStruct, type Struct, type Value } from './type.ts';

/** Fields that a variant refuses, by their path without indexes, with what to tell. */
export type Filters = Readonly<Record<string, string>>;

/** Finds refused fields that say something. */
export function refused(value: Fields, struct: Struct, filters: Filters): Problem[] {
  const problems: Problem[] = [];
  const look = (fields: Fields, type: Struct, at: { path: Path; name: string }): void => {
    for (const [key, field] of type.fields) {
      const inner = fields[key];
      const name = at.name === '' ? key : `${at.name}.${key}`;
      const path = [...at.path, key];
      const message = filters[name];
      if (message != null) {
        if (says(inner, field)) problems.push(error(path, message));
      } else if (inner != null) below(inner, field, { path, name });
    }
  };
  const below = (inner: Value, { type }: Field, at: { path: Path; name: string }): void => {
    if (type.kind === 'struct') look(inner as Fields, type, at);
    if (type.kind !== 'list' || type.item.kind !== 'struct') return;
    for (const [index, item] of (inner as Value[]).entries())
      look(item as Fields, type.item, { ...at, path: [...at.path, index] });
  };
  look(value, struct, { path: [], name: '' });
  return problems;
}

function says(value: Value | undefined, { type }: Field): boolean {
  if (value == null) return false;
  if (type.kind === 'list') return (value as Value[]).length > 0;
  return type.kind !== 'struct' || !isEmptyStruct(value as Fields, type);
}
