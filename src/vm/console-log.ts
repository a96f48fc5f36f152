import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';

const TAIL_LINES = 1000;

/** Keeps a guest's console in a file: all of it, or the first `limit` bytes and the last lines. */
export class ConsoleLog {
  readonly path: string;
  readonly #file: WriteStream;
  readonly #limit: number;
  readonly #tail: string[] = [];
  #size = 0;
  #left = 0;
  #failure: Error | undefined;

  constructor(path: string, limit: number) {
    this.path = path;
    this.#limit = limit;
    this.#file = createWriteStream(path);
    this.#file.on('error', (error) => (this.#failure = error));
  }

  /** Adds a line. */
  add(line: string): void {
    const size = Buffer.byteLength(line) + 1;
    if (this.#size + size <= this.#limit && this.#left === 0) {
      this.#size += size;
      this.#file.write(`${line}\n`);
      return;
    }
    this.#left++;
    this.#tail.push(line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
  }

  /** Writes what is still due; throws what went wrong with the file. */
  async close(): Promise<void> {
    const missing = this.#left - this.#tail.length;
    if (missing > 0) this.#file.write(`[lockstep: ${missing} lines are left out here]\n`);
    if (this.#left > 0) this.#file.write(`${this.#tail.join('\n')}\n`);
    this.#file.end();
    if (!this.#failure) await once(this.#file, 'close').catch(() => {});
    if (this.#failure) throw this.#failure;
  }
}
