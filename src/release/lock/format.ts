import { InputsV1, inputsDigest } from '../inputs/inputs.ts';
import type { Locked } from './document.ts';

/** The text of a lock file: streams by name, members in the order of the schema, a line a package. */
export function formatLock(locked: Locked): string {
  const names = [...locked.keys()].sort();
  const entries = names.map((name) => {
    const inputs = InputsV1.parse(locked.get(name));
    const tools = Object.entries(inputs.tools).sort(([a], [b]) => (a < b ? -1 : 1));
    return [
      name,
      { digest: inputsDigest(inputs), inputs: { ...inputs, tools: Object.fromEntries(tools) } },
    ];
  });
  return `${written({ schema_version: 1, streams: Object.fromEntries(entries) }, '')}\n`;
}

/** JSON with two spaces of indent, in which a list of plain objects has one of them on a line. */
function written(value: unknown, indent: string): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  const lines = isList
    ? value.map((member) => (isPlain(member) ? onOneLine(member) : written(member, deeper)))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${JSON.stringify(key)}: ${written(member, deeper)}`);
  const [open, close] = isList ? '[]' : '{}';
  if (lines.length === 0) return `${open}${close}`;
  return `${open}\n${lines.map((line) => deeper + line).join(',\n')}\n${indent}${close}`;
}

function isPlain(value: unknown): value is object {
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).every((member) => member === null || typeof member !== 'object');
}

function onOneLine(value: object): string {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const written = members.map(
    ([key, member]) => `${JSON.stringify(key)}: ${JSON.stringify(member)}`,
  );
  return `{ ${written.join(', ')} }`;
}
