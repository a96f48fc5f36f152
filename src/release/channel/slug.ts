import { digestOfJson } from '../../system/digest.ts';

/** With `br-`, a `-` and the version of the system it stays within the 128 characters of a tag. */
const LENGTH = 64;

/** Hex digits of the hash that parts names which look alike when they are cleaned. */
const DIGITS = 10;

const CLEAN = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const HASHED = new RegExp(`(?:^|-)[0-9a-f]{${DIGITS}}$`);

/**
 * The name of a branch as a part of a tag: lower-case letters, digits and single `.`, `_`, `-`
 * between them. Whatever had to be changed or cut ends in a hash of the whole name, and so does
 * what looks as if it did: distinct names stay distinct. The same name always gives the same.
 */
export function branchSlug(name: string): string {
  if (CLEAN.test(name) && name.length <= LENGTH && !HASHED.test(name)) return name;
  const hash = digestOfJson(name).slice('sha256:'.length, 'sha256:'.length + DIGITS);
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const start = words.join('-').slice(0, LENGTH - DIGITS - 1);
  return [start.replace(/-$/, ''), hash].filter(Boolean).join('-');
}
