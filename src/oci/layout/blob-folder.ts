import { createReadStream, readFileSync, type Stats, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../system/digest.ts';
import { checked, MANIFEST_LIMIT, mismatch, missing } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import type { ByteRange } from '../repository.ts';
import { codeOf, linkWhole, writeWhole } from './file.ts';

/** Files up to this are read at once: a manifest takes less time than to wait for a thread. */
const SMALL = 64 << 10;

/** `blobs/` of an OCI image layout: a file for each content, named by its digest. */
export class BlobFolder {
  readonly #folder: string;
  /** How messages name the layout. */
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  pathOf(digest: Digest): string {
    return join(this.#folder, 'blobs', ...digest.split(':'));
  }

  sizeOf(digest: Digest): number | undefined {
    return this.#statOf(digest)?.size;
  }

  storedAt(digest: Digest): Date | undefined {
    return this.#statOf(digest)?.mtime;
  }

  has({ digest, size }: Descriptor): boolean {
    return this.sizeOf(digest) === size;
  }

  /** Streams content; a whole read is compared with its digest. */
  async *read(descriptor: Descriptor, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const path = this.pathOf(descriptor.digest);
    const size = this.sizeOf(descriptor.digest);
    if (size == null) throw missing(descriptor.digest, this.#name);
    if (size !== descriptor.size) {
      throw mismatch(descriptor, path, `${size} bytes where ${descriptor.size} were promised`);
    }
    if (range && range.start >= range.end) return;
    if (range) yield* stream(path, { start: range.start, end: range.end - 1 });
    else yield* checked(size <= SMALL ? [readFileSync(path)] : stream(path), descriptor, path);
  }

  /** The bytes of a blob that is no larger than a manifest may be. */
  readSmall(digest: Digest): Uint8Array | undefined {
    const size = this.sizeOf(digest);
    return size == null || size > MANIFEST_LIMIT ? undefined : readFileSync(this.pathOf(digest));
  }

  async write(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.has(descriptor)) return;
    await writeWhole(this.pathOf(descriptor.digest), checked(content, descriptor, this.#name));
  }

  /** Takes a blob from another folder of the same file system without copying it. */
  async link(descriptor: Descriptor, from: BlobFolder): Promise<boolean> {
    if (this.has(descriptor)) return true;
    if (!from.has(descriptor)) return false;
    return linkWhole(from.pathOf(descriptor.digest), this.pathOf(descriptor.digest));
  }

  remove(digest: Digest): Promise<void> {
    return rm(this.pathOf(digest), { force: true });
  }

  #statOf(digest: Digest): Stats | undefined {
    try {
      return statSync(this.pathOf(digest));
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw error;
    }
  }
}

function stream(
  path: string,
  bounds: { start?: number; end?: number } = {},
): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: 256 << 10, ...bounds });
}
