import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod/mini';
import { didYouMean } from '../system/nearest.ts';
import { type DocumentPlaces, placesIn } from './document-places.ts';
import { knownKeysAt } from './known-keys.ts';
import { type Place, type PlaceOf, pathText, streamPath } from './place.ts';
import type { Config } from './schema.ts';
import { validate } from './validate.ts';

/** One thing that is wrong in a file. */
export interface ConfigProblem extends Place {
  file: string;
  /** Where in the document: `modules[0].name`; empty for the document itself. */
  path: string;
  message: string;
}

/** A configuration in which nothing is wrong. */
export interface RightConfig {
  config: Config;
  placeOf: PlaceOf;
  problems?: undefined;
}

export type ParsedConfig = RightConfig | { config?: undefined; problems: ConfigProblem[] };

type Problem = Omit<ConfigProblem, 'file'>;

/** Reads the text of a `lockstep.yaml`. Every problem is found, none is thrown. */
export function parseConfig(text: string, file: string): ParsedConfig {
  const result = readDocument(text);
  if (Array.isArray(result)) return { problems: result.map((problem) => ({ file, ...problem })) };
  return result;
}

type Read = RightConfig | Problem[];

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
    const { config, issues } = validate(document.toJS({ maxAliasCount: 100 }));
    if (config) return { config, placeOf: placeOfStreams(document, places) };
    const problems = issues.flatMap((issue) => problemsOf(issue, places));
    return problems.sort((a, b) => a.line - b.line || a.column - b.column);
  } catch (error) {
    // The values of aliases are looked up only now: one without its anchor, or far too many.
    if (!(error instanceof ReferenceError)) throw error;
    return [{ ...places.ofWrongAlias(), path: '', message: error.message }];
  }
}

function placeOfStreams(document: Document, places: DocumentPlaces): PlaceOf {
  const many = isMap(document.contents) && document.contents.has('streams');
  return (stream, key) => places.ofValue(streamPath(stream, key, many));
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
