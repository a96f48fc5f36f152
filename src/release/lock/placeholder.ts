/** Where in a JSON document something stands. */
export type JsonPath = readonly (string | number)[];

export interface Placeholder {
  path: JsonPath;
  value: string;
}

/** Words that people write where a value is still to come. */
const WORDS =
  /^(?:replace|change|fix|fill)[-_ ]?(?:me|this|in)\b|^(?:todo|tbd|xxx+|placeholder)\b/i;

/** A short block again and again: zeros, `deadbeef…`; no real checksum looks like that. */
const REPEATED = /^(?:sha256:)?(?=[0-9a-f]{64}$)([0-9a-f]{1,16})\1+$/i;

/** Values that stand for something that was never filled in, by their place in a JSON document. */
export function placeholdersIn(value: unknown, path: JsonPath = []): Placeholder[] {
  if (typeof value === 'string') return isPlaceholder(value, path) ? [{ path, value }] : [];
  if (value === null || typeof value !== 'object') return [];
  const members = Array.isArray(value)
    ? value.map((member, at) => [at, member] as const)
    : Object.entries(value);
  return members.flatMap(([key, member]) => placeholdersIn(member, [...path, key]));
}

function isPlaceholder(value: string, path: JsonPath): boolean {
  const name = String(path.at(-1) ?? '');
  const empty = value === '' && /version|digest|sha256|kernelrelease|reference/i.test(name);
  return empty || WORDS.test(value) || REPEATED.test(value) || /^<[^>]*>$/.test(value);
}
