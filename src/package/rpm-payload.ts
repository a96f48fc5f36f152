import { decompress } from '../file/compression/compression.ts';
import { readCpio } from '../file/cpio.ts';
import { LockstepError } from '../system/error.ts';
import { readRpmParts } from './rpm-parts.ts';

/** File type bits of `st_mode`: a plain file. */
const IS_FILE = 0o100000;
const TYPE_BITS = 0o170000;

/**
 * The plain files in the payload of an RPM that are wanted, by their paths without a leading slash.
 * Throws `invalid-content`, and `limit-exceeded` for a file larger than `limit` bytes.
 */
export async function* readRpmFiles(
  rpm: Uint8Array,
  wanted: (path: string) => boolean,
  limit: number,
): AsyncGenerator<{ path: string; content: Uint8Array }> {
  for await (const { header, body } of readCpio(decompress(once(readRpmParts(rpm).payload)))) {
    const path = header.path.replace(/^\.?\//, '');
    if ((header.mode & TYPE_BITS) !== IS_FILE || !wanted(path)) continue;
    if (header.size > limit) {
      throw new LockstepError('limit-exceeded', `${path} has more than ${limit} bytes`);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    yield { path, content: Buffer.concat(chunks) };
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
