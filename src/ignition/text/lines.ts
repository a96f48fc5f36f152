/** A place as people count it: from line 1, column 1. Columns count characters. */
export interface Place {
  line: number;
  column: number;
}

/** A character that takes two units of UTF-16. */
const PAIRS = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;

/** Turns offsets of a text into places. */
export class Lines {
  readonly text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  at(offset: number): Place {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const before = this.text.slice(this.#starts[low], offset);
    return { line: low + 1, column: before.replaceAll(PAIRS, ' ').length + 1 };
  }

  /** The text of a line, without its end. */
  line(number: number): string {
    const start = this.#starts[number - 1] ?? 0;
    const end = this.#starts[number] ?? this.text.length + 1;
    return this.text.slice(start, end - 1).replace(/\r$/, '');
  }
}
