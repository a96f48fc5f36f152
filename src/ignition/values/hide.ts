import type { Fields, Value } from '../schema/type.ts';

/** Stands where a secret stood. */
export const HIDDEN = '***';

/** A text without the secrets in it. */
export function hideIn(text: string, secrets: ReadonlySet<string>): string {
  let hidden = text;
  // One secret may be a part of another.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length))
    if (secret) hidden = hidden.replaceAll(secret, HIDDEN);
  return hidden;
}

/** A document that may be looked at. Contents stay as long as they are, inside of data URLs. */
export function hideInFields(fields: Fields, secrets: ReadonlySet<string>): Fields {
  const hidden = (value: Value): Value => {
    if (typeof value === 'string')
      return value.startsWith('data:') ? value : hideIn(value, secrets);
    if (Array.isArray(value)) return value.map(hidden);
    if (typeof value === 'object') return hideInFields(value, secrets);
    return secrets.has(String(value)) ? HIDDEN : value;
  };
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value == null ? value : hidden(value)]),
  );
}
