import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Resource } from './spec/config.ts';
import { dataOf } from './spec/rules/data-url.ts';

/** What a resource may unpack to (bytes); a bomb of gzip is refused. */
const LIMIT = 64 << 20;

/** The bytes that a resource brings itself, unpacked; undefined when it is fetched or unreadable. */
export function bytesOfResource({ source = '', compression }: Resource): Buffer | undefined {
  const packed = source === '' ? Buffer.alloc(0) : dataOf(source);
  if (packed == null || compression !== 'gzip') return packed;
  try {
    return gunzipSync(packed, { maxOutputLength: LIMIT });
  } catch {
    return undefined;
  }
}

const GZIP = /("compression":\s?"gzip",\s*"source":\s?"data:;base64,)([A-Za-z0-9+/=]+)/g;

/** The text of a document with streams of gzip unpacked: how a packer packs is no difference. */
export function withoutGzip(document: string): string {
  return document.replaceAll(GZIP, (whole, before: string, data: string) => {
    const bytes = bytesOfResource({ source: `data:;base64,${data}`, compression: 'gzip' });
    return bytes ? before + bytes.toString('base64') : whole;
  });
}

/** The same as text for people; other bytes are named by their digest. */
export function contentsOf(resource: Resource): string | undefined {
  const bytes = bytesOfResource(resource);
  if (bytes == null) return undefined;
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8');
  return `${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`;
}
