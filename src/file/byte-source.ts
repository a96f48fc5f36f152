import { LockstepError } from '../system/error.ts';

/**
 * A position in a stream of chunks. What stands in the current chunk is had without a promise,
 * so that tens of thousands of small reads cost no turns of the event loop.
 */
export class ByteSource {
  /** Bytes taken so far. */
  offset = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #ended = false;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next bytes when the current chunk holds all of them; they are gone with the next read. */
  takeNow(length: number): Buffer | undefined {
    const end = this.#at + length;
    if (end > this.#chunk.length) return undefined;
    const bytes = this.#chunk.subarray(this.#at, end);
    this.#at = end;
    this.offset += length;
    return bytes;
  }

  /** The next bytes; undefined at the end; throws `invalid-content` when the stream ends between. */
  async take(length: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const part = await this.some(missing);
      if (!part) break;
      parts.push(part);
      missing -= part.length;
    }
    if (missing === length && length > 0) return undefined;
    if (missing > 0) throw truncated(this.offset);
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /** At least one and at most `limit` of the next bytes; undefined at the end. */
  async some(limit: number): Promise<Buffer | undefined> {
    while (this.#at === this.#chunk.length) if (!(await this.#fill())) return undefined;
    return this.takeNow(Math.min(limit, this.#chunk.length - this.#at));
  }

  /** Passes over bytes that stand in the current chunk; false (and nothing done) when they do not. */
  skipNow(length: number): boolean {
    return this.takeNow(length) !== undefined;
  }

  /** Passes over bytes; throws `invalid-content` when there are not as many. */
  async skip(length: number): Promise<void> {
    let missing = length;
    while (missing > 0) {
      const part = await this.some(missing);
      if (!part) throw truncated(this.offset);
      missing -= part.length;
    }
  }

  /** Reads what is left and forgets it, so that the stream's own end checks run. */
  async drain(): Promise<void> {
    this.offset += this.#chunk.length - this.#at;
    this.#at = this.#chunk.length;
    while (await this.#fill()) {
      this.offset += this.#chunk.length;
      this.#at = this.#chunk.length;
    }
  }

  /** Lets the stream go, read or not. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#chunks.return?.();
    this.#ended = true;
  }

  async #fill(): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#chunks.next();
    if (next.done) {
      this.#ended = true;
      return false;
    }
    const { buffer, byteOffset, length } = next.value;
    this.#chunk = Buffer.from(buffer, byteOffset, length);
    this.#at = 0;
    return true;
  }
}

function truncated(offset: number): LockstepError {
  return new LockstepError('invalid-content', `content ends early, at byte ${offset}`, {
    context: { offset },
  });
}
