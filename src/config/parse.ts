import {
  type Alias,
  type Document,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { z } from 'zod';
import { type Config, ManyConfig, SingleConfig } from './schema.ts';

/** One thing that is wrong in a file, counted from line 1, column 1. */
export interface ConfigProblem {
  file: string;
  line: number;
  column: number;
  /** Where in the document: `modules[0].name`; empty for the document itself. */
  path: string;
  message: string;
}

export type ParsedConfig =
  | { config: Config; problems?: undefined }
  | { config?: undefined; problems: ConfigProblem[] };

/** Reads the text of a `lockstep.yaml`. Every problem is found, none is thrown. */
export function parseConfig(text: string, file: string): ParsedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      ...at(error.pos[0]),
      path: '',
      message: error.message,
    }));
    return { problems };
  }
  try {
    return validate(document, at);
  } catch (error) {
    // The values of aliases are looked up only now: one without its anchor, or far too many.
    if (!(error instanceof ReferenceError)) throw error;
    return { problems: [{ ...at(wrongAlias(document)), path: '', message: error.message }] };
  }
}

/** Offset of the first alias that names no anchor; else of the first alias. */
function wrongAlias(document: Document): number {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_, alias) => void aliases.push(alias) });
  const wrong = aliases.find((alias) => !alias.resolve(document)) ?? aliases[0];
  return wrong?.range?.[0] ?? 0;
}

type Place = Pick<ConfigProblem, 'file' | 'line' | 'column'>;

function validate(document: Document, at: (offset: number) => Place): ParsedConfig {
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  const many = isMap(document.contents) && document.contents.has('streams');
  const result = many ? ManyConfig.safeParse(value) : SingleConfig.safeParse(value);
  if (result.error) {
    const problems = result.error.issues.flatMap((issue) => problemsOf(issue, document, at));
    return { problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
  }
  const data = result.data;
  if ('streams' in data) return { config: data };
  const { version: _, ...stream } = data;
  return { config: { streams: [stream] } };
}

function problemsOf(
  issue: z.core.$ZodIssue,
  document: Document,
  at: (offset: number) => Place,
): ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') {
    return [
      { ...at(offsetOf(document, issue.path)), path: pathText(issue.path), message: issue.message },
    ];
  }
  return issue.keys.map((key) => ({
    ...at(keyOffset(document, issue.path, key)),
    path: pathText([...issue.path, key]),
    message: 'is not a known key',
  }));
}

/** Offset of the value at a path, or of the nearest thing around it that is there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(document, path.slice(0, length));
    if (node?.range) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document, path: readonly PropertyKey[], key: string): number {
  const map = nodeAt(document, path);
  const pair = isMap(map)
    ? map.items.find((item) => isPair(item) && keyName(item.key) === key)
    : undefined;
  const found = pair?.key as Node | undefined;
  return found?.range?.[0] ?? offsetOf(document, path);
}

function keyName(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function nodeAt(document: Document, path: readonly PropertyKey[]): Node | undefined {
  if (path.length === 0) return document.contents ?? undefined;
  return document.getIn(path, true) as Node | undefined;
}

/** A path as people read it: `modules[0].name`. */
export function pathText(path: readonly PropertyKey[]): string {
  const parts = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return parts.join('').replace(/^\./, '');
}
