import { PlainFlow } from './plain-flow.ts';
import { literal } from './plain-literal.ts';
import { found, NotPlain, notPlain, PlainScalars } from './plain-scalars.ts';
import type { Entry, SourceText, Tree } from './tree.ts';

/** A line that says something. */
interface Line {
  /** Offset of its first character. */
  first: number;
  indent: number;
  /** Offset behind its last one. */
  end: number;
}

const KEY = /(?:([A-Za-z_][\w.-]*)|"([\w ./-]+)"):(?= |\n|$)/y;
const SPACES = / */y;
const REST = / *(?:#[^\n]*)?(?=\n|$)/y;
const DEPTH = 100;
/** A key on one line may not be much longer (YAML 1.2.2, 7.4.2). */
const LONGEST_KEY = 1000;

/**
 * Reads YAML as nearly everybody writes it: maps and lists by indentation, scalars on one line,
 * literal blocks, short lists and maps in brackets. Undefined for everything else, right or wrong:
 * that is for a whole reader, which takes ten times as long.
 */
export function plainYaml(source: SourceText): Tree | undefined {
  if (/^(?:---|\.\.\.|%)|[\r\uFEFF]/m.test(source.text)) return undefined;
  try {
    return new PlainReader(source).document();
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

class PlainReader {
  readonly #text: string;
  readonly #source: SourceText;
  readonly #scalars: PlainScalars;
  readonly #flow: PlainFlow;
  #line: Line | undefined;

  constructor(source: SourceText) {
    this.#source = source;
    this.#text = source.text;
    this.#scalars = new PlainScalars(source);
    this.#flow = new PlainFlow(this.#scalars);
  }

  document(): Tree {
    this.#goOn(0);
    if (this.#line?.indent !== 0) notPlain();
    const tree = this.#map(0, { at: this.#line.first, depth: 0 });
    return this.#line ? notPlain() : tree;
  }

  /** Goes on to the next line that says something, from the start of a line. */
  #goOn(from: number): void {
    let start = from;
    while (start < this.#text.length) {
      const first = start + (found(SPACES, this.#text, start)?.[0].length ?? 0);
      const newline = this.#text.indexOf('\n', first);
      const end = newline < 0 ? this.#text.length : newline;
      if (this.#text[first] === '\t') notPlain();
      if (first < end && this.#text[first] !== '#') {
        this.#line = { first, indent: first - start, end };
        return;
      }
      start = end + 1;
    }
    this.#line = undefined;
  }

  #block(depth: number): Tree {
    const { indent, first } = this.#line ?? notPlain();
    if (depth > DEPTH) notPlain();
    return this.#isItem(first)
      ? this.#list(indent, depth)
      : this.#map(indent, { at: first, depth });
  }

  #isItem(at: number): boolean {
    const next = this.#text[at + 1];
    return this.#text[at] === '-' && (next === ' ' || next === '\n');
  }

  #map(indent: number, { at: start, depth }: { at: number; depth: number }): Tree {
    const entries: Entry[] = [];
    let end = start;
    for (let at = start; ; ) {
      const [whole = notPlain(), bare, quoted] = found(KEY, this.#text, at) ?? [];
      const text = bare ?? quoted ?? '';
      if (text.length > LONGEST_KEY) notPlain();
      const behind = at + whole.length;
      const key = this.#scalars.scalar({ start: at, end: behind - 1, text, plain: bare != null });
      const value = this.#value(behind, { indent, depth, list: true });
      entries.push({ key, value });
      ({ end } = value);
      if (!this.#line || this.#line.indent < indent) break;
      if (this.#line.indent > indent) notPlain();
      at = this.#line.first;
    }
    return { kind: 'map', source: this.#source, start, end, tag: undefined, entries };
  }

  #list(indent: number, depth: number): Tree {
    const start = this.#line?.first ?? 0;
    const items: Tree[] = [];
    while (this.#line?.indent === indent && this.#isItem(this.#line.first)) {
      const at = this.#line.first + 1;
      const first = at + (found(SPACES, this.#text, at)?.[0].length ?? 0);
      items.push(
        found(KEY, this.#text, first)
          ? this.#map(indent + first - at + 1, { at: first, depth: depth + 1 })
          : this.#value(at, { indent, depth, list: false }),
      );
    }
    if (this.#line && this.#line.indent > indent) notPlain();
    const end = items.at(-1)?.end ?? start;
    return { kind: 'list', source: this.#source, start, end, tag: undefined, items };
  }

  /** What stands behind a key or a dash; `list`: a list may stand as far left as the key. */
  #value(behind: number, around: { indent: number; depth: number; list: boolean }): Tree {
    const { indent, depth, list } = around;
    const line = this.#line ?? notPlain();
    if (found(REST, this.#text, behind)) {
      this.#goOn(line.end + 1);
      const next = this.#line ?? notPlain();
      const isBelow =
        next.indent > indent || (list && next.indent === indent && this.#isItem(next.first));
      return isBelow ? this.#block(depth + 1) : notPlain();
    }
    const from = behind + (found(SPACES, this.#text, behind)?.[0].length ?? 0);
    const written = this.#scalars.tag(from);
    const at = from + written.length;
    const tag = written.trim() || undefined;
    const chomping = this.#scalars.header(at);
    if (chomping != null) {
      const { end, next, text } = literal(this.#text, { at, chomping, around: indent });
      this.#goOn(next);
      return this.#scalars.scalar({ start: from, end, text, plain: false, tag });
    }
    return this.#inline({ at, from, tag }, line);
  }

  #inline(
    { at, from, tag }: { at: number; from: number; tag: string | undefined },
    line: Line,
  ): Tree {
    const char = this.#text[at];
    let tree: Tree;
    if ((char === '[' || char === '{') && tag == null) tree = this.#flow.read(at).tree;
    else {
      const comment = this.#text.slice(at, line.end).indexOf(' #');
      const end = comment < 0 ? line.end : at + comment;
      tree = this.#scalars.quoted(at, from, tag) ?? this.#scalars.bare(at, end, { from, tag });
    }
    if (tree.end > line.end || !found(REST, this.#text, tree.end)) notPlain();
    if (this.#text[tree.end] === '#') notPlain();
    this.#goOn(line.end + 1);
    return tree;
  }
}
