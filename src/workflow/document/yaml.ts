import { type Data, Noted } from './data.ts';

type Value = Exclude<Data, Noted>;
type Collection = Exclude<Value, string | number | boolean | null | undefined>;

/** What would be read as something else than this text, or end before it does. */
const NOT_PLAIN = [
  /^$|^[\s,[\]{}#&*!|>'"%@`]|^[?-](?:\s|$)|:\s|\s#|[\s:-]$|^\.{3}/,
  /^(?:~|null|true|false|[-+]?\.inf|\.nan)$/i,
  /^[-+]?\.?\d[\da-fox._+-]*$/i,
];
const NOT_PRINTABLE = /[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/g;

/**
 * The text of a YAML document: keys as they come, nothing folded, keys without a value left out.
 * The library that reads YAML takes ten times as long to write it.
 */
export function yamlText(data: Data): string {
  return `${(blockOf(data) ?? [flowText(data)]).join('\n')}\n`;
}

/** The lines of a list or a map that has something in it. */
function blockOf(data: Data): string[] | undefined {
  const value = valueOf(data);
  if (!isCollection(value)) return undefined;
  const lines = Array.isArray(value)
    ? value.flatMap(itemLines)
    : Object.entries(value).flatMap(entryLines);
  return lines.length > 0 ? lines : undefined;
}

/** The first line of an item stands behind its dash. */
function itemLines(item: Data): string[] {
  const [first = '', ...rest] = blockOf(item) ?? [flowText(item)];
  return [`- ${first}`.trimEnd(), ...rest.map(indented)];
}

/** What has lines of its own stands below its key, the remark of a list or a map above it. */
function entryLines([key, data]: [string, Data]): string[] {
  if (data === undefined) return [];
  const above = data instanceof Noted && isCollection(valueOf(data)) ? [`# ${data.remark}`] : [];
  const head = `${scalarText(key)}:`;
  const block = blockOf(data);
  if (block) return [...above, head, ...block.map(indented)];
  return [...above, `${head} ${flowText(data)}`.trimEnd()];
}

function flowText(data: Data): string {
  const value = valueOf(data);
  if (isCollection(value)) return Array.isArray(value) ? '[]' : '{}';
  const text = typeof value === 'string' ? scalarText(value) : String(value ?? '');
  return data instanceof Noted ? `${text} # ${data.remark}` : text;
}

/** A text as it is, or in quotes: single ones where they need no escapes. */
function scalarText(text: string): string {
  const isPrintable = text.search(NOT_PRINTABLE) < 0;
  if (isPrintable && !NOT_PLAIN.some((pattern) => pattern.test(text))) return text;
  if (isPrintable && text.includes('"') && !text.includes("'")) return `'${text}'`;
  return JSON.stringify(text).replace(NOT_PRINTABLE, escaped);
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function valueOf(data: Data): Value {
  return data instanceof Noted ? valueOf(data.value) : data;
}

function isCollection(value: Value): value is Collection {
  return typeof value === 'object' && value !== null;
}

function indented(line: string): string {
  return `  ${line}`;
}
