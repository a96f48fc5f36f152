/** A stream that is read once, of which the part not yet forgotten can be read again. */
export class Replayable {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #kept: Uint8Array[] = [];
  /** Position in the stream of the first byte kept, and of the first one not yet read. */
  #start = 0;
  #end = 0;
  /** True when the source itself failed: trying again cannot help. */
  failed = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#iterator = chunks[Symbol.asyncIterator]();
  }

  /** True while everything that was read can be read again. */
  get isWhole(): boolean {
    return this.#start === 0 && !this.failed;
  }

  /** Bytes `start` up to `end`; only one reader at a time. */
  async *from(start: number, end: number): AsyncGenerator<Uint8Array> {
    let at = start;
    while (at < end) {
      const chunk = this.#at(at) ?? (await this.#pull());
      if (!chunk) return;
      if (at >= this.#end) continue;
      const piece = (this.#at(at) ?? chunk).subarray(0, end - at);
      at += piece.length;
      yield piece;
    }
  }

  /** All that is kept, in one piece. */
  kept(): Uint8Array {
    const [first, ...others] = this.#kept;
    return first && others.length === 0 ? first : Buffer.concat(this.#kept);
  }

  /** Lets go of everything before a position. */
  forget(position: number): void {
    while (this.#kept[0] && this.#start + this.#kept[0].length <= position) {
      this.#start += this.#kept.shift()?.length ?? 0;
    }
  }

  /** Reads on to the end, so that a check at the end of the source takes place. */
  async finish(): Promise<void> {
    while (await this.#pull());
  }

  /** What is kept from a position on, up to the end of the piece that holds it. */
  #at(position: number): Uint8Array | undefined {
    let start = this.#start;
    for (const chunk of this.#kept) {
      if (position < start + chunk.length) return chunk.subarray(position - start);
      start += chunk.length;
    }
    return undefined;
  }

  async #pull(): Promise<Uint8Array | undefined> {
    try {
      const { value, done } = await this.#iterator.next();
      if (done) return undefined;
      this.#kept.push(value);
      this.#end += value.length;
      return value;
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }
}
