import { found, notPlain, type PlainScalars } from './plain-scalars.ts';
import type { Entry, Tree } from './tree.ts';

const KEY = /(?:([A-Za-z_][\w.-]*)|"([\w ./-]+)")(?=: )/y;
const BARE = /[^,[\]{}#\n]+/y;
const SPACES = / */y;
/** Deeper is nothing that is plain. */
const DEPTH = 50;

/** Reads a list or a map in brackets that ends on its line. */
export class PlainFlow {
  readonly #scalars: PlainScalars;
  readonly #text: string;
  #at = 0;

  constructor(scalars: PlainScalars) {
    this.#scalars = scalars;
    this.#text = scalars.source.text;
  }

  /** What stands at an offset, and where it ends. */
  read(at: number): { tree: Tree; end: number } {
    this.#at = at;
    const tree = this.#value(0);
    return { tree, end: this.#at };
  }

  #value(depth: number): Tree {
    if (depth > DEPTH) notPlain();
    const char = this.#text[this.#at];
    if (char === '[') return this.#list(depth);
    if (char === '{') return this.#map(depth);
    return this.#scalar();
  }

  #scalar(): Tree {
    const from = this.#at;
    const written = this.#scalars.tag(from);
    const at = from + written.length;
    const tag = written.trim() || undefined;
    const end = at + (found(BARE, this.#text, at)?.[0].length ?? notPlain());
    const tree = this.#scalars.quoted(at, from, tag) ?? this.#scalars.bare(at, end, { from, tag });
    this.#at = tree.end;
    return tree;
  }

  #list(depth: number): Tree {
    const start = this.#at;
    const items: Tree[] = [];
    this.#all(']', () => items.push(this.#value(depth + 1)));
    return {
      kind: 'list',
      source: this.#scalars.source,
      start,
      end: this.#at,
      tag: undefined,
      items,
    };
  }

  #map(depth: number): Tree {
    const start = this.#at;
    const { source } = this.#scalars;
    const entries: Entry[] = [];
    this.#all('}', () => {
      const [whole = notPlain(), bare, quoted = ''] = found(KEY, this.#text, this.#at) ?? [];
      const end = this.#at + whole.length;
      const parts = { text: bare ?? quoted, plain: bare != null };
      const key = this.#scalars.scalar({ start: this.#at, end, ...parts });
      this.#at = end + 1;
      this.#skipSpaces();
      entries.push({ key, value: this.#value(depth + 1) });
    });
    return { kind: 'map', source, start, end: this.#at, tag: undefined, entries };
  }

  /** Reads parts with a comma between them, to a bracket. */
  #all(bracket: string, part: () => void): void {
    this.#at++;
    this.#skipSpaces();
    while (this.#text[this.#at] !== bracket) {
      part();
      this.#skipSpaces();
      if (this.#text[this.#at] === ',') {
        this.#at++;
        this.#skipSpaces();
        if (this.#text[this.#at] === bracket) notPlain();
      } else if (this.#text[this.#at] !== bracket) notPlain();
    }
    this.#at++;
  }

  #skipSpaces(): void {
    this.#at += found(SPACES, this.#text, this.#at)?.[0].length ?? 0;
  }
}
