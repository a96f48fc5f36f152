import type { Hash } from 'node:crypto';

/** Keeps what passed in a stream until somebody takes it, so that a parsed stream is also had raw. */
export class RawWindow {
  readonly #hash: Hash;
  #chunks: Buffer[] = [];

  /** Everything that passes goes into the hash too. */
  constructor(hash: Hash) {
    this.#hash = hash;
  }

  async *pass(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      this.#hash.update(chunk);
      this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      yield chunk;
    }
  }

  /** The oldest bytes that nobody took yet; there must be as many. */
  take(length: number): Buffer {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const first = this.#chunks[0];
      if (!first) break;
      const part = first.subarray(0, missing);
      if (part.length === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(part.length);
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  takeRest(): Buffer {
    const rest = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return rest;
  }
}
