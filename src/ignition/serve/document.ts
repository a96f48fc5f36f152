import { statSync } from 'node:fs';
import { hashOf } from '../pointer.ts';

/** The bytes that are served, with what names them. */
export interface ServedBytes {
  body: Buffer;
  /** `sha512-…` of the body. */
  hash: string;
  etag: string;
}

export function servedBytes(text: string): ServedBytes {
  const body = Buffer.from(text);
  const hash = hashOf(body);
  return { body, hash, etag: `"${hash.slice(0, 71)}"` };
}

/** What a build came to: the text, and the files that it was made of. */
export interface FreshBuild {
  /** Undefined when it failed. */
  text: string | undefined;
  files: readonly string[];
}

export interface FreshOptions {
  /** Builds; tells on its own what it finds. */
  build: () => Promise<FreshBuild>;
  /** Milliseconds of a clock. */
  now: () => number;
  /** Told why a build could not even begin, once there is a document to go on with. */
  failed?: ((error: unknown) => void) | undefined;
}

/** Files are looked at this often (ms) at most, however many requests come. */
const INTERVAL = 200;

/** A document that is built again when a file of it changes; a broken one leaves the last good one. */
export class FreshDocument {
  readonly #options: FreshOptions;
  #bytes: ServedBytes | undefined;
  #files: readonly string[] = [];
  #seen = '';
  #looked = -Infinity;
  #building: Promise<void> | undefined;

  constructor(options: FreshOptions) {
    this.#options = options;
  }

  /** The newest good bytes; undefined when there were none yet. */
  async current(): Promise<ServedBytes | undefined> {
    const now = this.#options.now();
    if (now - this.#looked >= INTERVAL || !this.#bytes) {
      this.#looked = now;
      if (!this.#bytes || fingerprint(this.#files) !== this.#seen) {
        this.#building ??= this.#build().finally(() => (this.#building = undefined));
      }
    }
    await this.#building;
    return this.#bytes;
  }

  async #build(): Promise<void> {
    const before = fingerprint(this.#files);
    try {
      const { text, files } = await this.#options.build();
      this.#seen = files.join() === this.#files.join() ? before : fingerprint(files);
      this.#files = files;
      if (text != null) this.#bytes = servedBytes(text);
    } catch (error) {
      if (!this.#bytes) throw error;
      this.#seen = before;
      this.#options.failed?.(error);
    }
  }
}

function fingerprint(files: readonly string[]): string {
  return files
    .map((file) => {
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats ? `${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}` : '-';
    })
    .join();
}
