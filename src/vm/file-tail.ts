import { closeSync, openSync, readSync } from 'node:fs';

const PIECE = 64 * 1024;

/** Reads what another program appends to a file, as it grows. */
export class FileTail {
  /** Bytes read so far. */
  size = 0;
  #file: number | undefined;
  readonly #onBytes: (bytes: Buffer) => void;
  readonly #timer: NodeJS.Timeout;

  /** Makes the file, empty, and looks into it every `interval` milliseconds. */
  constructor(path: string, interval: number, onBytes: (bytes: Buffer) => void) {
    closeSync(openSync(path, 'w'));
    this.#file = openSync(path, 'r');
    this.#onBytes = onBytes;
    this.#timer = setInterval(() => this.poll(), interval);
  }

  /** Gives out what is new, now. */
  poll(): void {
    while (this.#file !== undefined) {
      const piece = Buffer.allocUnsafe(PIECE);
      const length = readSync(this.#file, piece, 0, PIECE, this.size);
      if (length === 0) return;
      this.size += length;
      this.#onBytes(piece.subarray(0, length));
    }
  }

  /** Lets the file go; nothing is given out any more. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
