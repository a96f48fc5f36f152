import { type Field, type Fields, isEmpty, type Struct, type Type, type Value } from './type.ts';

/**
 * A document as Go's encoder prints it: keys in the order of the types, nothing that is empty, and
 * `<`, `>`, `&`, U+2028 and U+2029 escaped.
 */
export function encodeJson(value: Fields, struct: Struct, pretty: boolean): string {
  return goJson(ordered(value, struct), pretty);
}

/** Any value as Go's encoder prints it. */
export function goJson(value: unknown, pretty: boolean): string {
  return JSON.stringify(value, null, pretty ? 2 : undefined).replace(ESCAPES, escaped);
}

/** Only the escape sequences of JSON.stringify that Go writes otherwise, and bare characters. */
const ESCAPES = /\\\\|\\[bf]|\\ud[89a-f][\da-f]{2}|[<>&\u2028\u2029]/g;

function escaped(found: string): string {
  if (found === '\\\\') return found;
  if (found === '\\b') return '\\u0008';
  if (found === '\\f') return '\\u000c';
  if (found.length > 1) return '\\ufffd';
  return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The same with the keys in order and without what is empty. */
export function ordered(value: Fields, struct: Struct): Fields {
  const result: Fields = {};
  for (const [name, field] of struct.fields) {
    const inner = value[name];
    if (isEmpty(inner, field)) continue;
    result[name] = inner == null ? emptyValue(field) : orderedValue(inner, field.type);
  }
  return result;
}

function orderedValue(value: Value, type: Type): Value {
  if (type.kind === 'struct') return ordered(value as Fields, type);
  if (type.kind !== 'list') return value;
  return (value as Value[]).map((item) => orderedValue(item, type.item));
}

function emptyValue({ type }: Field): Value {
  return type.kind === 'list' ? [] : type.kind === 'int' ? 0 : '';
}
