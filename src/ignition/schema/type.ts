/** A value of a document: what JSON can say. Whole numbers beyond 2^53 are `bigint`. */
export type Value = string | number | bigint | boolean | Value[] | Fields;
export interface Fields {
  [name: string]: Value | undefined;
}

export type Type = Scalar | List | Struct;

export interface Scalar {
  kind: 'string' | 'int' | 'bool';
}

export interface List {
  kind: 'list';
  item: Type;
  /** Merged by appending; the same entry may stand in it twice. */
  appends: boolean;
}

export interface Struct {
  kind: 'struct';
  name: string;
  fields: ReadonlyMap<string, Field>;
}

export interface Field {
  type: Type;
  /**
   * `optional` fields are absent or have a value, be it empty; `always` are printed even when they
   * are empty; `plain` are the same when absent and when empty, and then not printed.
   */
  presence: 'optional' | 'always' | 'plain';
  /** A struct that may be said to be nothing at all. */
  nullable?: true;
}

/**
 * Structs by name, each with its fields in the order of Ignition's own types. A type is written
 * `string`, `int`, `bool`, the name of a struct, or `[…]` for a list of it; `[…]+` is a list that
 * appends; `!` behind it stands for `always`, `?` for `plain`,
 * `*` for `nullable`.
 */
export type Structs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Links structs to types, from the one named `Config`. */
export function compile(structs: Structs): Struct {
  const known = new Map<string, Struct>();
  const struct = (name: string): Struct => {
    const found = known.get(name);
    if (found) return found;
    const fields = new Map<string, Field>();
    const made: Struct = { kind: 'struct', name, fields };
    known.set(name, made);
    for (const [field, text] of Object.entries(structs[name] ?? {}))
      fields.set(field, fieldOf(text, struct));
    return made;
  };
  return struct('Config');
}

function fieldOf(text: string, struct: (name: string) => Struct): Field {
  const [, list, one, appends, mark] = /^(?:\[(\w+)\]|(\w+))(\+)?([!?*])?$/.exec(text) ?? [];
  const presence = mark === '!' ? 'always' : mark === '?' ? 'plain' : 'optional';
  const item = typeOf(list ?? one ?? '', struct);
  if (list == null)
    return mark === '*' ? { type: item, presence, nullable: true } : { type: item, presence };
  return { type: { kind: 'list', item, appends: appends != null }, presence };
}

function typeOf(name: string, struct: (name: string) => Struct): Type {
  return name === 'string' || name === 'int' || name === 'bool' ? { kind: name } : struct(name);
}

/** True for what a document does not print: nothing, an empty list, a struct without values. */
export function isEmpty(value: Value | undefined, { type, presence }: Field): boolean {
  if (value == null) return presence !== 'always';
  if (type.kind === 'list') return (value as Value[]).length === 0;
  if (type.kind === 'struct') return isEmptyStruct(value as Fields, type);
  return presence === 'plain' && (value === '' || value === 0 || value === false);
}

/** True for a struct in which every field is empty. */
export function isEmptyStruct(value: Fields, struct: Struct): boolean {
  for (const [name, field] of struct.fields) {
    const inner = value[name];
    if (field.presence === 'always' ? !(inner == null || inner === '') : !isEmpty(inner, field))
      return false;
  }
  return true;
}

/** A number as documents hold it, without losing a digit; undefined beyond 64 bits, which Go's `int` has. */
export function wholeNumber(value: bigint): number | bigint | undefined {
  if (BigInt.asIntN(64, value) !== value) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
