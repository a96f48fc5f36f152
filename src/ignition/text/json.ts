import type { SourceText, SyntaxFault, Tree } from '../../file/yaml/tree.ts';

export type ParsedJson = { tree: Tree; fault?: undefined } | { fault: SyntaxFault };

/** Deeper than this Go's decoder does not go either. */
const DEPTH = 10_000;

/** Reads a JSON text (RFC 8259), with the place of every part. A scalar's tag tells its kind. */
export function parseJson(source: SourceText): ParsedJson {
  const reader = new Reader(source);
  try {
    return { tree: reader.document() };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { fault: { offset: error.offset, message: error.message } };
  }
}

class Fault extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** A list or a map that is not closed yet. */
type Open = { tree: Tree & { kind: 'map' | 'list' }; key?: Tree };

const SPACE = /[ \t\r\n]*/y;
/** What ends a string, or an escape in it. */
const END = /["\\]/g;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORD = /true|false|null/y;

class Reader {
  readonly #source: SourceText;
  readonly #text: string;
  #at = 0;

  constructor(source: SourceText) {
    this.#source = source;
    this.#text = source.text;
  }

  /** One value and nothing behind it. Open lists and maps lie on a stack of their own. */
  document(): Tree {
    const open: Open[] = [];
    for (;;) {
      let value: Tree | undefined = this.#start(open);
      while (value) {
        const around = open.at(-1);
        if (!around) return this.#end(value);
        this.#put(around, value);
        value = this.#closed(open);
      }
    }
  }

  /** A whole scalar or empty collection; undefined when something was opened. */
  #start(open: Open[]): Tree | undefined {
    this.#match(SPACE);
    const start = this.#at;
    const char = this.#text[start];
    if (char === '{' || char === '[') {
      if (open.length >= DEPTH) this.#fail(`lists and maps lie deeper than ${DEPTH} levels`);
      this.#at++;
      const part = { source: this.#source, start, end: start };
      const tree: Open['tree'] =
        char === '{' ? { kind: 'map', entries: [], ...part } : { kind: 'list', items: [], ...part };
      open.push({ tree });
      if (this.#takes(char === '{' ? '}' : ']')) return this.#close(open);
      if (char === '{') this.#key(open);
      return undefined;
    }
    return this.#scalar(start);
  }

  #scalar(start: number): Tree {
    const text = this.#string();
    if (text != null) return this.#made(text, 'string', start);
    const number = this.#match(NUMBER);
    if (number) return this.#made(number, 'number', start);
    const word = this.#match(WORD);
    if (!word) this.#fail('this is no value');
    return this.#made(word, word === 'null' ? 'null' : 'bool', start);
  }

  #made(text: string, tag: string, start: number): Tree {
    const plain = tag !== 'string';
    return { kind: 'scalar', source: this.#source, text, tag, plain, start, end: this.#at };
  }

  #key(open: Open[]): void {
    this.#match(SPACE);
    const start = this.#at;
    const text = this.#string();
    const around = open.at(-1);
    if (text == null || !around) this.#fail('a key in quotes is missing');
    around.key = this.#made(text, 'string', start);
    if (!this.#takes(':')) this.#fail('a colon is missing');
  }

  #put({ tree, key }: Open, value: Tree): void {
    if (tree.kind === 'list') tree.items.push(value);
    else if (key) tree.entries.push({ key, value });
  }

  /** What a bracket closes; undefined when a comma goes on. */
  #closed(open: Open[]): Tree | undefined {
    const map = open.at(-1)?.tree.kind === 'map';
    if (this.#takes(map ? '}' : ']')) return this.#close(open);
    if (!this.#takes(',')) this.#fail('a comma is missing');
    if (map) this.#key(open);
    return undefined;
  }

  #close(open: Open[]): Tree | undefined {
    const tree = open.pop()?.tree;
    if (tree) tree.end = this.#at;
    return tree;
  }

  #end(value: Tree): Tree {
    this.#match(SPACE);
    if (this.#at < this.#text.length) this.#fail('something stands behind the document');
    return value;
  }

  /** The text of a string that begins here. */
  #string(): string | undefined {
    const start = this.#at;
    if (this.#text[start] !== '"') return undefined;
    let end = start;
    do {
      END.lastIndex = end + 1;
      end = END.exec(this.#text)?.index ?? this.#text.length;
      if (this.#text[end] === '\\') end++;
      else break;
    } while (end < this.#text.length);
    try {
      const text = JSON.parse(this.#text.slice(start, end + 1)) as string;
      this.#at = end + 1;
      return text;
    } catch {
      return this.#fail('the string has no end, or an escape that is none');
    }
  }

  #takes(char: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found != null) this.#at += found.length;
    return found;
  }

  #fail(message: string): never {
    const ended = this.#at >= this.#text.length;
    throw new Fault(this.#at, ended ? 'the document ends too early' : message);
  }
}
