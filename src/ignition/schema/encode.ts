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
  return JSON.stringify(value, exact, pretty ? 2 : undefined).replace(ESCAPES, escaped);
}

/** ECMAScript 2026; TypeScript does not know it yet. */
const { rawJSON } = JSON as typeof JSON & { rawJSON(this: void, text: string): unknown };

/** Reads a document's text so that JSON.stringify writes each of its numbers as it was. */
export function parseExact(text: string): Record<string, unknown> {
  const kept = (_: string, value: unknown, { source = '' }: { source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) ? rawJSON(source) : value;
  const parse = JSON.parse as (text: string, reviver: typeof kept) => unknown;
  return parse(text, kept) as Record<string, unknown>;
}

/** Numbers of 64 bits with all of their digits. */
function exact(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJSON(String(value)) : value;
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
