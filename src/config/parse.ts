import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod/mini';
import { didYouMean } from '../system/nearest.ts';
import { type DocumentPlaces, type Place, placesIn } from './document-places.ts';
import { knownKeysAt } from './known-keys.ts';
import { type Config, ManyConfig, SingleConfig } from './schema.ts';

/** One thing that is wrong in a file. */
export interface ConfigProblem extends Place {
  file: string;
  /** Where in the document: `modules[0].name`; empty for the document itself. */
  path: string;
  message: string;
}

export type ParsedConfig =
  | { config: Config; placeOf: PlaceOf; problems?: undefined }
  | { config?: undefined; problems: ConfigProblem[] };

/** Where a key of a stream stands (`image.enable[0]`, `modules.zfs`), or what is nearest to it. */
export type PlaceOf = (stream: string, key: string) => Place;

type Problem = Omit<ConfigProblem, 'file'>;

/** Reads the text of a `lockstep.yaml`. Every problem is found, none is thrown. */
export function parseConfig(text: string, file: string): ParsedConfig {
  const result = readDocument(text);
  if (Array.isArray(result)) return { problems: result.map((problem) => ({ file, ...problem })) };
  return result;
}

type Read = { config: Config; placeOf: PlaceOf } | Problem[];

function readDocument(text: string): Read {
  const lines = new LineCounter();
  try {
    const options = { lineCounter: lines, uniqueKeys: false, prettyErrors: false };
    return readConfig(parseDocument(text, options), lines);
  } catch (error) {
    // The library goes down into a document by calling itself.
    if (!(error instanceof RangeError)) throw error;
    return [{ line: 1, column: 1, path: '', message: 'is nested too deeply to be read' }];
  }
}

function readConfig(document: Document, lines: LineCounter): Read {
  const places = placesIn(document, lines);
  const broken = document.errors.map(({ pos: [start], message }) => {
    const { line, col } = lines.linePos(start);
    return { line: Math.max(line, 1), column: Math.max(col, 1), path: '', message };
  });
  if (broken.length > 0) return broken;
  const repeated = places.ofRepeatedKeys();
  if (repeated.length > 0)
    return repeated.map((place) => ({ ...place, path: '', message: 'Map keys must be unique' }));
  try {
    const config = validate(document, places);
    return Array.isArray(config) ? config : { config, placeOf: placeOfStreams(document, places) };
  } catch (error) {
    // The values of aliases are looked up only now: one without its anchor, or far too many.
    if (!(error instanceof ReferenceError)) throw error;
    return [{ ...places.ofWrongAlias(), path: '', message: error.message }];
  }
}

function placeOfStreams(document: Document, places: DocumentPlaces): PlaceOf {
  const many = isMap(document.contents) && document.contents.has('streams');
  return (stream, key) => {
    const path = key.split(/[.[\]]+/).filter(Boolean);
    return places.ofValue(many ? ['streams', stream, ...path] : path);
  };
}

/** To make a program of the schema takes longer than to read one file by it as it is. */
const ONCE = { jitless: true };

function validate(document: Document, places: DocumentPlaces): Config | Problem[] {
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  const many = isMap(document.contents) && document.contents.has('streams');
  const result = (many ? ManyConfig : SingleConfig).safeParse(value, ONCE);
  if (result.error) {
    const problems = result.error.issues.flatMap((issue) => problemsOf(issue, places));
    return problems.sort((a, b) => a.line - b.line || a.column - b.column);
  }
  const data = result.data;
  if ('streams' in data) return { streams: data.streams, ci: data.ci };
  const { version: _, ci, ...stream } = data;
  return { streams: [stream], ci };
}

function problemsOf(issue: z.core.$ZodIssue, places: DocumentPlaces): Problem[] {
  const { path, message } = issue;
  if (issue.code !== 'unrecognized_keys')
    return [{ ...places.ofValue(path), path: pathText(path), message: sayMissing(message) }];
  const known = knownKeysAt(path);
  return issue.keys.map((key) => ({
    ...places.ofKey(path, key),
    path: pathText([...path, key]),
    message: `is not a known key${didYouMean(key, known)}`,
  }));
}

/** The library's word for a value that is not there: it was expected to be of a type. */
export function sayMissing(message: string): string {
  return message.endsWith('received undefined') ? 'is missing' : message;
}

/** A path as people read it: `modules[0].name`. */
export function pathText(path: readonly PropertyKey[]): string {
  const parts = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return parts.join('').replace(/^\./, '');
}
