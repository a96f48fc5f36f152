import { LockstepError } from '../../system/error.ts';

/** Reads a stream of chunks by count, holding no more than one chunk beyond what was asked for. */
export class FramesInput {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** True when nothing is left. */
  async atEnd(): Promise<boolean> {
    return !(await this.#fill());
  }

  /** Up to `count` bytes without taking them; fewer only at the end. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#rest.length < count) {
      const next = await this.#chunks.next();
      if (next.done) break;
      this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    }
    return this.#rest.subarray(0, count);
  }

  /** Exactly `count` bytes, for small counts; throws `invalid-content` at an early end. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    if (bytes.length < count) throw endedEarly();
    this.#rest = this.#rest.subarray(count);
    return bytes;
  }

  /** Passes the next `count` bytes on as they come. */
  async *pass(count: number): AsyncGenerator<Uint8Array> {
    let left = count;
    while (left > 0) {
      if (!(await this.#fill())) throw endedEarly();
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Passes everything that is left. */
  async *remaining(): AsyncGenerator<Uint8Array> {
    try {
      while (await this.#fill()) {
        const part = this.#rest;
        this.#rest = part.subarray(part.length);
        yield part;
      }
    } finally {
      await this.close();
    }
  }

  /** Tells the source that no more will be read. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return false;
      this.#rest = next.value;
    }
    return true;
  }
}

function endedEarly(): LockstepError {
  return new LockstepError('invalid-content', 'compressed data ends early');
}
