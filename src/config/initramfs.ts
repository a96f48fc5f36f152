import { LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod/mini';
import { didYouMean } from '../system/nearest.ts';
import { type DocumentPlaces, placesIn } from './document-places.ts';
import { InitramfsConfig } from './initramfs-schema.ts';
import { configError, readText } from './load.ts';
import { type ConfigProblem, sayMissing } from './parse.ts';
import { pathText } from './place.ts';

/** Reads an initramfs.yaml. Throws `config` with every problem as `file:line:col: path: message`. */
export async function loadInitramfsConfig(path: string, file: string): Promise<InitramfsConfig> {
  const { config, problems } = parseInitramfsConfig(readText(path), file);
  if (config) return config;
  throw configError(problems, path);
}

/** The same for its text; nothing is thrown. */
export function parseInitramfsConfig(
  text: string,
  file: string,
):
  | { config: InitramfsConfig; problems?: undefined }
  | { config?: undefined; problems: ConfigProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map(({ pos: [start], message }) => {
    const { line, col } = lines.linePos(start);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: '', message };
  });
  if (broken.length > 0) return { problems: broken };
  const { data, error } = InitramfsConfig.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (data) return { config: data };
  const places = placesIn(document, lines);
  const found = error.issues.flatMap((issue) => problemsOf(issue, places));
  return { problems: found.map((problem) => ({ file, ...problem })) };
}

function problemsOf(
  issue: z.core.$ZodIssue,
  places: DocumentPlaces,
): Omit<ConfigProblem, 'file'>[] {
  const { path, message } = issue;
  if (issue.code !== 'unrecognized_keys')
    return [{ ...places.ofValue(path), path: pathText(path), message: sayMissing(message) }];
  const known = path.length === 0 ? Object.keys(InitramfsConfig.shape) : [];
  return issue.keys.map((key) => ({
    ...places.ofKey(path, key),
    path: pathText([...path, key]),
    message: `is not a known key${didYouMean(key, known)}`,
  }));
}
