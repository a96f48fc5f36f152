import type { ScalarTree, SourceText, Tree } from './tree.ts';

/** Thrown for what the reader of plain YAML leaves to the library. */
export class NotPlain extends Error {}

export function notPlain(): never {
  throw new NotPlain('not plain');
}

/** Escapes of double quotes that are plain; there are more. */
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '"': '"', '\\': '\\' };
const DOUBLE = /"((?:[^"\\\n\t]|\\[nt"\\])*)"/y;
const SINGLE = /'((?:[^'\n\t]|'')*)'/y;
const TAG = /![a-z]+ +(?=[^\s#&*!])/y;
const WORD = /[\w./+~$()<=^\u00a1-\ud7ff-]/y;
/** Block scalars whose indentation nobody states. */
const HEADER = /\|([+-]?)(?= *(?:\n| #))/y;

/** What a sticky pattern finds at an offset. */
export function found(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Scalars of one text that stand on one line. */
export class PlainScalars {
  readonly source: SourceText;

  constructor(source: SourceText) {
    this.source = source;
  }

  scalar(part: {
    start: number;
    end: number;
    text: string;
    plain: boolean;
    tag?: string | undefined;
  }): ScalarTree {
    const { start, end, tag, text, plain } = part;
    return { kind: 'scalar', source: this.source, start, end, tag, text, plain };
  }

  /** The tag at an offset, if there is one, with the spaces behind it. */
  tag(at: number): string {
    return found(TAG, this.source.text, at)?.[0] ?? '';
  }

  /** A scalar in quotes; undefined where there are none. */
  quoted(at: number, from: number, tag: string | undefined): ScalarTree | undefined {
    const { text } = this.source;
    const quote = text[at];
    if (quote !== '"' && quote !== "'") return undefined;
    const [whole = notPlain(), inner = ''] = found(quote === '"' ? DOUBLE : SINGLE, text, at) ?? [];
    const value =
      quote === "'"
        ? inner.replaceAll("''", "'")
        : inner.replaceAll(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? notPlain());
    return this.scalar({ start: from, end: at + whole.length, text: value, plain: false, tag });
  }

  /** A scalar without quotes that ends before an offset. */
  bare(at: number, end: number, { from, tag }: { from: number; tag: string | undefined }): Tree {
    const text = this.source.text.slice(at, end).trimEnd();
    if (!found(WORD, text, 0) || /^-(?: |$)|: |:$| #|\t/.test(text)) notPlain();
    return this.scalar({ start: from, end: at + text.length, text, plain: true, tag });
  }

  /** How a block scalar at an offset keeps its last lines; undefined where there is none. */
  header(at: number): string | undefined {
    return found(HEADER, this.source.text, at)?.[1];
  }
}
