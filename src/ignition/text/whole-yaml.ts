import type { Node, YAMLParseError } from 'yaml';
import { Composer, type Document, isAlias, isCollection, isMap, isSeq, Parser } from 'yaml';
import {
  type Entry,
  nothing,
  type Parsed,
  type SourceText,
  type SyntaxFault,
  type Tree,
} from '../../file/yaml/tree.ts';

/** Deeper than this no document is, and the reader would run out of stack. */
const DEPTH = 1000;
/** Parts that aliases may multiply a document to. */
const EXPANDED = 1_000_000;

/** Reads the first document of any YAML text by the library, which finds what is wrong too. */
export function wholeYaml(source: SourceText): Parsed {
  const { text } = source;
  try {
    const document = firstDocument(text);
    if (!document) return { tree: undefined };
    const fault = document.errors[0];
    if (fault) return { fault: faultOf(text, fault) };
    const directive = /^%YAML[ \t]+(?!1\.1\b)/m.exec(text);
    if (document.directives.yaml.explicit && directive)
      return {
        fault: {
          offset: Math.max(0, directive.index - 1),
          message: 'only YAML 1.1 may be asked for by %YAML',
        },
      };
    return new Builder(source).build(document);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { fault: { offset: 0, message: `lists and maps lie deeper than ${DEPTH} levels` } };
  }
}

function firstDocument(text: string): Document.Parsed | undefined {
  const composer = new Composer({
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  for (const document of composer.compose(new Parser().parse(text))) return document;
  return undefined;
}

/** A wrong tab is told where the line before it ends: there the reader still stood. */
function faultOf(text: string, { code, pos, message }: YAMLParseError): SyntaxFault {
  if (code === 'TAB_AS_INDENT')
    return {
      offset: text.slice(0, pos[0]).trimEnd().length,
      message: 'a tab indents what follows',
    };
  return { offset: Math.min(pos[0], text.length), message: `${message} [${code}]` };
}

class Builder {
  readonly #source: SourceText;
  readonly #anchors = new Map<string, { tree: Tree; size: number }>();
  #size = 0;
  #fault: SyntaxFault | undefined;

  constructor(source: SourceText) {
    this.#source = source;
  }

  build(document: Document.Parsed): Parsed {
    const contents = document.contents as Node | null;
    const tree = contents ? this.#part(contents, 0) : undefined;
    return this.#fault ? { fault: this.#fault } : { tree };
  }

  #part(node: Node, depth: number): Tree {
    if (depth > DEPTH) throw new RangeError('too deep');
    const [start, end] = this.#range(node);
    const before = this.#size++;
    if (isAlias(node)) return this.#alias(node.source, start, end);
    const tree = this.#value(node, { start, end, depth });
    if (node.anchor) this.#anchors.set(node.anchor, { tree, size: this.#size - before });
    return tree;
  }

  #value(node: Node, at: { start: number; end: number; depth: number }): Tree {
    const { start, end, depth } = at;
    const source = this.#source;
    const tag = 'tag' in node && typeof node.tag === 'string' ? node.tag : undefined;
    if (isMap(node)) {
      const tree: Tree = { kind: 'map', source, start, end, tag, entries: [] };
      for (const pair of node.items)
        tree.entries.push(this.#entry(pair.key as Node, pair.value as Node | null, depth));
      return tree;
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#part(item as Node, depth + 1));
      return { kind: 'list', source, start, end, tag, items };
    }
    const scalar = node as Node & { source?: string; value: unknown; type?: string };
    const text = typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
    return { kind: 'scalar', source, start, end, tag, text, plain: scalar.type === 'PLAIN' };
  }

  #entry(key: Node, value: Node | null, depth: number): Entry {
    const left = this.#part(key, depth + 1);
    if (value) return { key: left, value: this.#part(value, depth + 1) };
    return { key: left, value: nothing(this.#source, left.end) };
  }

  #alias(name: string, start: number, end: number): Tree {
    const anchor = this.#anchors.get(name);
    if (!anchor) this.#fault ??= { offset: start, message: `there is no anchor ${name}` };
    this.#size += anchor?.size ?? 0;
    if (this.#size > EXPANDED)
      this.#fault ??= { offset: start, message: 'aliases multiply the document without end' };
    const source = this.#source;
    return { kind: 'alias', source, start, end, target: anchor?.tree ?? nothing(source, end) };
  }

  /** With the anchor and the tag before it, as go-yaml counts; nothing stands behind its colon. */
  #range(node: Node): [number, number] {
    const [from, to] = node.range ?? [0, 0];
    let start = from;
    if (!isAlias(node) && (node.anchor || ('tag' in node && node.tag)) && !isPlainEmpty(node))
      start = this.#propertiesBefore(start);
    if (from === to && !isCollection(node)) {
      const before = this.#source.text.slice(0, from).trimEnd();
      if (before.endsWith(':')) return [before.length, before.length];
    }
    return [start, to];
  }

  #propertiesBefore(offset: number): number {
    const before = this.#source.text.slice(Math.max(0, offset - 500), offset);
    const found = /(?:[&!]\S*\s+){1,2}$/.exec(before)?.[0];
    return found ? offset - found.length : offset;
  }
}

function isPlainEmpty(node: Node): boolean {
  return node.range?.[0] === node.range?.[1];
}
