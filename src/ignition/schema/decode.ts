import {
  type Entry,
  keyText,
  type MapTree,
  type ScalarTree,
  type Tree,
  target,
} from '../../file/yaml/tree.ts';
import type { Path } from '../problem/path.ts';
import { error, type Problem } from '../problem/problem.ts';
import { type Meaning, meaningOf } from '../text/scalar.ts';
import {
  type Fields,
  type Scalar,
  type Struct,
  type Type,
  type Value,
  wholeNumber,
} from './type.ts';

export interface Decoded {
  value: Fields;
  problems: DecodeProblem[];
}

/** A part that does not suit its field, at its place in the text. */
export interface DecodeProblem extends Problem {
  tree: Tree;
}

/**
 * Takes the values of a struct out of a YAML text. Every part of a wrong type is found; keys that
 * the struct does not have are passed over.
 */
export function decodeYaml(tree: Tree, struct: Struct): Decoded {
  const decoder = new Decoder();
  const value = decoder.value({ tree, type: struct, path: [] });
  return { value: (value ?? {}) as Fields, problems: decoder.problems };
}

interface Part {
  tree: Tree;
  type: Type;
  path: Path;
}

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);
const NAMES = { map: 'a map', list: 'a list', scalar: 'text' };

class Decoder {
  readonly problems: DecodeProblem[] = [];

  value(part: Part): Value | undefined {
    const tree = target(part.tree);
    const { type } = part;
    if (tree.kind === 'scalar') return this.#scalar(tree, part);
    if (tree.kind === 'map' && type.kind === 'struct') return this.#struct(tree, type, part.path);
    if (tree.kind === 'list' && type.kind === 'list') {
      return tree.items.map(
        (item, index) =>
          this.value({ tree: item, type: type.item, path: [...part.path, index] }) ??
          zero(type.item),
      );
    }
    return this.#wrong(part, `must be ${wanted(type)}, not ${NAMES[tree.kind]}`);
  }

  #wrong({ tree, path }: Part, message: string): undefined {
    this.problems.push({ ...error(path, message), tree });
    return undefined;
  }

  #struct(tree: MapTree, struct: Struct, path: Path): Fields {
    const result: Fields = {};
    if (this.#hasDuplicates(tree, path)) return result;
    for (const entry of withMerged(tree, (wrong, message) =>
      this.#wrong({ tree: wrong, type: struct, path }, message),
    )) {
      const name = keyText(entry);
      const field = name == null ? undefined : struct.fields.get(name);
      if (name == null) this.#wrong({ tree: entry.key, type: struct, path }, 'a key must be text');
      if (name == null || !field) continue;
      const part = { tree: entry.value, type: field.type, path: [...path, name] };
      result[name] = this.value(part);
    }
    return result;
  }

  #hasDuplicates(tree: MapTree, path: Path): boolean {
    const before = this.problems.length;
    const seen = new Set<string>();
    for (const entry of tree.entries) {
      const name = keyText(entry);
      if (name != null && seen.has(name)) {
        const part = { tree: entry.key, type: { kind: 'string' } as const, path: [...path, name] };
        this.#wrong(part, `the key ${name} is there twice`);
      }
      if (name != null) seen.add(name);
    }
    return this.problems.length > before;
  }

  #scalar(tree: ScalarTree, part: Part): Value | undefined {
    const meaning = meaningOf(tree);
    if (meaning.kind === 'null') return undefined;
    if (meaning.kind === 'wrong') return this.#wrong(part, meaning.message);
    if (part.type.kind === 'struct' || part.type.kind === 'list')
      return this.#wrong(part, `must be ${wanted(part.type)}, not text`);
    const value = scalarValue(tree, meaning, part.type);
    return value ?? this.#wrong(part, `must be ${wanted(part.type)}`);
  }
}

function scalarValue(tree: ScalarTree, meaning: Meaning, type: Scalar): Value | undefined {
  if (type.kind === 'string') return meaning.kind === 'text' ? meaning.value : tree.text;
  if (type.kind === 'bool') {
    if (meaning.kind === 'bool') return meaning.value;
    if (meaning.kind !== 'text') return undefined;
    if (TRUE.has(meaning.value)) return true;
    return FALSE.has(meaning.value) ? false : undefined;
  }
  if (meaning.kind === 'int') return wholeNumber(meaning.value);
  if (meaning.kind !== 'float' || !Number.isFinite(meaning.value)) return undefined;
  return wholeNumber(BigInt(Math.trunc(meaning.value)));
}

/** What go-yaml makes of nothing in a list. */
function zero(type: Type): Value {
  if (type.kind === 'struct') return {};
  if (type.kind === 'list') return [];
  return type.kind === 'string' ? '' : type.kind === 'int' ? 0 : false;
}

function wanted(type: Type): string {
  const names = { string: 'text', int: 'a whole number', bool: 'true or false' };
  if (type.kind === 'struct') return 'a map';
  return type.kind === 'list' ? 'a list' : names[type.kind];
}

/** Entries of a map, those that `<<` merges into it first, so that its own win. */
function withMerged(tree: MapTree, wrong: (tree: Tree, message: string) => void): Entry[] {
  if (!tree.entries.some(isMerge)) return tree.entries;
  const merged = tree.entries.filter(isMerge).flatMap(({ value }) => {
    const source = target(value);
    const maps = source.kind === 'list' ? source.items.toReversed() : [source];
    return maps.flatMap((one) => {
      const map = target(one);
      if (map.kind === 'map') return withMerged(map, wrong);
      wrong(one, '<< takes a map or a list of maps');
      return [];
    });
  });
  return [...merged, ...tree.entries.filter((entry) => !isMerge(entry))];
}

/** True for `<<`, which merges the map behind it. */
export function isMerge({ key }: Entry): boolean {
  return key.kind === 'scalar' && key.plain && key.text === '<<';
}
