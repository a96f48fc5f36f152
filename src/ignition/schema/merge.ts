import type { Path } from '../problem/path.ts';
import { keyOf, setOf } from './identity.ts';
import type { Origins, Source } from './origin.ts';
import type { Field, Fields, List, Struct, Value } from './type.ts';

/** One side of a merge: a struct, and where it was written. */
interface Side {
  value: Fields;
  source: Source;
}

/**
 * Merges a child over a parent by Ignition's rules: what the child says replaces, structs are
 * merged field by field, entries of lists by what makes them the same thing; lists of options are
 * appended. A file of the child takes the place of a link of the parent with the same path.
 */
export function merge(parent: Fields, child: Fields, options: MergeOptions): Fields {
  const { origins, struct, parentBase = origins.base } = options;
  return new Merger(origins).struct(
    { value: parent, source: { path: parentBase, common: false } },
    { value: child, source: { path: origins.base, common: false } },
    struct,
  );
}

export interface MergeOptions {
  struct: Struct;
  /** Where parts of both come from; takes where those of the result do. */
  origins: Origins;
  /** Where the parent was written when it was somewhere else than the child. */
  parentBase?: Path;
}

class Merger {
  readonly #origins: Origins;

  constructor(origins: Origins) {
    this.#origins = origins;
  }

  struct(parent: Side, child: Side, struct: Struct): Fields {
    const result: Fields = {};
    this.#origins.moved(result, child.source);
    const children = childKeys(child.value, struct);
    for (const [name, field] of struct.fields) {
      const [over, under] = [child.value[name], parent.value[name]];
      if (field.type.kind === 'list') {
        const list = this.#list({ parent, child, name, type: field.type, struct, children });
        if (list.length > 0) result[name] = list;
        else if (over ?? under) result[name] = [];
      } else if (over == null || under == null || field.type.kind !== 'struct') {
        const side = takesParent(over, field) ? parent : child;
        this.#take({ result, name, side });
      } else {
        result[name] = this.struct(
          this.#inside(parent, name),
          this.#inside(child, name),
          field.type,
        );
      }
    }
    return result;
  }

  #inside(side: Side, name: string | number): Side {
    const value = (side.value as Record<string | number, Value>)[name] as Fields;
    return { value, source: this.#origins.enter(side.value, side.source, name) };
  }

  /** Takes a field as it is from one side. */
  #take({ result, name, side }: { result: Fields; name: string; side: Side }): void {
    const value = side.value[name];
    if (value == null) return;
    result[name] = value;
    const source = this.#origins.enter(side.value, side.source, name);
    if (typeof value === 'object') this.#origins.moved(value, source);
    this.#origins.fieldMoved(result, name, source.path);
  }

  #list(part: ListPart): Value[] {
    const { parent, child, name, type } = part;
    const lower = this.#items(parent, name);
    const upper = this.#items(child, name);
    const result: Value[] = [];
    const whole = this.#origins.enter(...listSource(upper.length > 0 ? child : parent, name));
    this.#origins.moved(result, whole);
    const used = new Set<string>();
    for (const item of lower) {
      const key = keyOf(item.value, type.item);
      used.add(key);
      const match = type.appends
        ? undefined
        : part.children.get(`${setOf(part.struct, name)}\0${key}`);
      if (!match) this.#push(result, item);
      else if (match.name === name)
        this.#pushMerged(result, { item, over: upper[match.index], type });
    }
    for (const item of upper) {
      if (type.appends || !used.has(keyOf(item.value, type.item))) this.#push(result, item);
    }
    return result;
  }

  #items(side: Side, name: string): Item[] {
    const list = (side.value[name] ?? []) as Value[];
    const source = this.#origins.enter(side.value, side.source, name);
    return list.map((value, index) => ({
      value,
      source: this.#origins.enter(list, source, index),
    }));
  }

  #push(result: Value[], { value, source }: Item): void {
    if (typeof value === 'object') this.#origins.moved(value, source);
    this.#origins.fieldMoved(result, result.length, source.path);
    result.push(value);
  }

  #pushMerged(
    result: Value[],
    { item, over, type }: { item: Item; over?: Item | undefined; type: List },
  ): void {
    if (!over) return;
    if (type.item.kind !== 'struct') return this.#push(result, over);
    // A header without a value takes that of the parent away.
    if (type.item.name === 'HTTPHeader' && (over.value as Fields).value == null) return;
    const sides = [item, over].map(({ value, source }) => ({ value: value as Fields, source }));
    const merged = this.struct(sides[0] as Side, sides[1] as Side, type.item);
    result.push(merged);
  }
}

interface Item {
  value: Value;
  source: Source;
}

interface ListPart {
  parent: Side;
  child: Side;
  name: string;
  type: List;
  struct: Struct;
  children: ReadonlyMap<string, { name: string; index: number }>;
}

function listSource(side: Side, name: string): [Fields, Source, string] {
  return [side.value, side.source, name];
}

/** Fields that Go keeps without a pointer are always the child's. */
function takesParent(over: Value | undefined, field: Field): boolean {
  return over == null && (field.presence === 'optional' || field.type.kind === 'struct');
}

/** Every entry of the child's lists by its set and key. */
function childKeys(child: Fields, struct: Struct): Map<string, { name: string; index: number }> {
  const keys = new Map<string, { name: string; index: number }>();
  for (const [name, { type }] of struct.fields) {
    if (type.kind !== 'list' || type.appends) continue;
    for (const [index, item] of ((child[name] ?? []) as Value[]).entries())
      keys.set(`${setOf(struct, name)}\0${keyOf(item, type.item)}`, { name, index });
  }
  return keys;
}
