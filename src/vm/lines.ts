import { StringDecoder } from 'node:string_decoder';

const LONGEST = 64 * 1024;

/** What steers a terminal: escape sequences (ECMA-48, 5.4) and every control character but tab. */
const CONTROL = /\p{Cc}\[[0-9;?]*[A-Za-z]|[^\P{Cc}\t]/gu;

/**
 * Cuts what comes in pieces into lines, without their ends and without what steers a terminal. A
 * line of more than 64 KiB is cut.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes in the next bytes. */
  push(bytes: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#onLine(part.replace(CONTROL, ''));
    if (this.#rest.length > LONGEST) this.end();
  }

  /** Gives out a last line that had no end. */
  end(): void {
    const line = (this.#rest + this.#decoder.end()).replace(CONTROL, '');
    this.#rest = '';
    if (line) this.#onLine(line);
  }
}
