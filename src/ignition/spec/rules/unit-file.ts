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
const COMMENT = /[#;](?:[^\n]*\\ ?\n)*[^\n]*\n?/y;
const SECTION = /\[([^\]]*)\]([^\n]*)\n?/y;
const SPACE = /\s+/y;
const NAME = /([^=\r\n]*)(=?)/y;
const VALUE = /(?:[^\n]*\\\n(?=[^\n]*\S))*[^\n]*\n?/y;

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
      if (char === '#' || char === ';') this.#take(COMMENT);
      else if (char === '[') {
        const found = this.#take(SECTION);
        if (!found) return 'the name of a section has no end';
        if (found[2]?.trim()) return `something stands behind [${found[1]}]`;
        section = found[1] ?? '';
      } else {
        if (!this.#take(NAME)?.[2]) return 'a line is neither a section nor NAME=VALUE';
        this.#take(VALUE);
        this.sections.push(section ?? '');
      }
    }
    return undefined;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return undefined;
    this.#at += found[0].length;
    return found;
  }
}
