import {
  entryOf,
  nearest,
  nothing,
  type SourceText,
  type Tree,
  target,
} from '../file/yaml/tree.ts';
import type { Severity } from '../system/finding.ts';
import { pathText } from './problem/path.ts';
import type { Problem } from './problem/problem.ts';
import type { DecodeProblem } from './schema/decode.ts';
import { Lines } from './text/lines.ts';

/** What is wrong with a document, at its place in a file. */
export interface IgnitionFinding {
  severity: Severity;
  file: string;
  line: number;
  column: number;
  /** Where in the document: `$.storage.files.0.path`. */
  path: string;
  message: string;
}

/**
 * Finds the places of problems in documents; a path begins with the index of its document. They come
 * back file by file, in the order of their texts.
 */
export function locate(
  problems: readonly (Problem | DecodeProblem)[],
  documents: readonly Tree[],
): IgnitionFinding[] {
  const files = [...new Set(documents.map(({ source }) => source.file))];
  const rank = (file: string) => (files.includes(file) ? files.indexOf(file) : files.length);
  const lines = new Map<SourceText, Lines>();
  const found = problems.map((problem) => {
    const place = 'tree' in problem ? problem.tree : placeOf(problem, documents);
    const known = lines.get(place.source) ?? new Lines(place.source.text);
    lines.set(place.source, known);
    return findingAt(problem, place, known);
  });
  return found.sort(
    (a, b) => rank(a.file) - rank(b.file) || a.line - b.line || a.column - b.column,
  );
}

function findingAt(problem: Problem, place: Tree, lines: Lines): IgnitionFinding {
  const { severity, path } = problem;
  const given = place.kind === 'scalar' ? place.from : undefined;
  const message = given ? `${problem.message} (its value is from ${given})` : problem.message;
  const at = { file: place.source.file, ...lines.at(place.start) };
  return { severity, ...at, path: pathText(path.slice(1)), message };
}

const NOWHERE: Tree = nothing({ file: '-', text: '' }, 0);

function placeOf({ path, atKey }: Problem, documents: readonly Tree[]): Tree {
  const tree = documents[Number(path[0])] ?? documents[0] ?? NOWHERE;
  const below = path.slice(1);
  if (atKey) {
    const around = target(nearest(tree, below.slice(0, -1)));
    const entry = entryOf(around, below.at(-1) ?? '');
    if (entry) return entry.key;
  }
  return nearest(tree, below);
}

/** `FILE:LINE:COL: severity: $.path: message` */
export function findingText(finding: IgnitionFinding): string {
  const { file, line, column, severity, path, message } = finding;
  return `${file}:${line}:${column}: ${severity}: ${path}: ${message}`;
}

/** A finding about a document as a whole. */
export function findingOf(severity: Severity, message: string, file: string): IgnitionFinding {
  return { severity, file, line: 1, column: 1, path: '$', message };
}
