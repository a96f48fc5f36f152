import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** `sha256:` and 64 lower-case hex digits (OCI image-spec, descriptor.md, "Digests"). */
export type Digest = `sha256:${string}`;

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Digest and size of what passes, in constant memory. */
export async function digestOfStream(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ digest: Digest; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

export function digestOfFile(path: string): Promise<{ digest: Digest; size: number }> {
  return digestOfStream(createReadStream(path));
}

/** Digest of a JSON value, the same whatever the order of its keys. */
export function digestOfJson(value: unknown): Digest {
  return digestOf(canonicalJson(value));
}

/** JSON with sorted keys and no spaces; `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
