/** A unit file as go-systemd reads it, which Ignition judges by. */
export interface UnitFile {
  /** The section of every option. */
  sections: string[];
  /** What makes it unreadable. */
  problem?: string;
}

/** go-systemd refuses longer lines (bytes), as systemd once cut them. */
const LINE_LENGTH = 2048;

const BEFORE_SECTION = /[^[#;]*/y;
const SECTION = /\[([^\]]*)\]([^\n]*)\n?/y;
const SPACE = /\s+/y;
const NAME = /([^=\r\n]*)(=?)/y;

/** The sections of the options of a unit file, or why it is none. */
export function readUnit(text: string): UnitFile {
  const reader = new UnitReader(text);
  const problem = longLine(text) ?? reader.read();
  return problem == null ? { sections: reader.sections } : { sections: reader.sections, problem };
}

function longLine(text: string): string | undefined {
  const long = text.split(/[\r\n]/).some((line) => Buffer.byteLength(line) >= LINE_LENGTH);
  return long ? `a line is longer than ${LINE_LENGTH - 1} bytes` : undefined;
}

class UnitReader {
  readonly sections: string[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Reads to the end, or to what makes it unreadable. */
  read(): string | undefined {
    let section: string | undefined;
    while (this.#at < this.#text.length) {
      this.#take(section == null ? BEFORE_SECTION : SPACE);
      const char = this.#text[this.#at];
      if (char == null) return undefined;
      if (char === '#' || char === ';') this.#skipComment();
      else if (char === '[') {
        const found = this.#take(SECTION);
        if (!found) return 'the name of a section has no end';
        if (found[2]?.trim()) return `something stands behind [${found[1]}]`;
        section = found[1] ?? '';
      } else {
        if (!this.#take(NAME)?.[2]) return 'a line is neither a section nor NAME=VALUE';
        this.#skipValue();
        this.sections.push(section ?? '');
      }
    }
    return undefined;
  }

  /** A backslash at its end, even with a space behind it, takes in the next line. */
  #skipComment(): void {
    while (/\\ ?$/.test(this.#line())) this.#at = this.#next();
    this.#at = this.#next();
  }

  /** The same, but not when the next line is blank. */
  #skipValue(): void {
    let goesOn = true;
    while (goesOn) {
      goesOn = this.#line().endsWith('\\');
      this.#at = this.#next();
      goesOn &&= /\S/.test(this.#line());
    }
  }

  /** What is left of this line. */
  #line(): string {
    const end = this.#text.indexOf('\n', this.#at);
    return this.#text.slice(this.#at, end < 0 ? undefined : end);
  }

  /** Where the next line begins. */
  #next(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end + 1;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return undefined;
    this.#at += found[0].length;
    return found;
  }
}
