import { type Data, Noted } from './data.ts';
import { keyText, valueText } from './scalar.ts';

/** The text of a YAML document: keys as they come, nothing folded, keys without a value left out. */
export function yamlText(data: Data): string {
  return `${linesOf(data).join('\n')}\n`;
}

function linesOf(data: Data): string[] {
  if (data instanceof Noted) return noted(data);
  if (Array.isArray(data)) return data.length > 0 ? data.flatMap(itemLines) : ['[]'];
  if (data == null || typeof data !== 'object') return [valueText(data)];
  const entries = Object.entries(data).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? entries.flatMap(([key, value]) => entryLines(key, value)) : ['{}'];
}

/** A remark stands behind a scalar; above anything else that has a key. */
function noted({ value, remark }: Noted): string[] {
  const lines = linesOf(value);
  return isScalar(value) ? [`${lines.join('')} # ${remark}`.trimStart()] : lines;
}

function itemLines(item: Data): string[] {
  return linesOf(item).map((line, at) => `${at === 0 ? '-' : ' '} ${line}`.trimEnd());
}

function entryLines(key: string, value: Data): string[] {
  const above = value instanceof Noted && !isScalar(value.value) ? [`# ${value.remark}`] : [];
  const lines = linesOf(value);
  if (isInline(value)) return [...above, `${keyText(key)}: ${lines.join('')}`.trimEnd()];
  return [...above, `${keyText(key)}:`, ...lines.map((line) => `  ${line}`)];
}

function isScalar(data: Data): boolean {
  return data == null || typeof data !== 'object';
}

/** What stands on the line of its key: scalars, and lists and maps of nothing. */
function isInline(data: Data): boolean {
  if (data instanceof Noted) return isInline(data.value);
  if (data == null || typeof data !== 'object') return true;
  if (Array.isArray(data)) return data.length === 0;
  return Object.values(data).every((value) => value === undefined);
}
