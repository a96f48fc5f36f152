import { createHash } from 'node:crypto';
import { goJson } from './schema/encode.ts';

/** The hash that Ignition checks what it fetches against: `sha512-…`. */
export function hashOf(bytes: string | Buffer): string {
  return `sha512-${createHash('sha512').update(bytes).digest('hex')}`;
}

/** A small document that is replaced by another one, which it names by URL and hash. */
export function pointerDocument(
  url: string,
  { hash, version }: { hash: string; version: string },
): string {
  const replace = { source: url, verification: { hash } };
  return goJson({ ignition: { config: { replace }, version } }, false);
}
