import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { runOk } from '../../system/process.ts';

/** What Butane 0.29 answers for one input (made over its schema on 2026-11-26). */
export interface ButaneCase {
  id: string;
  family: string;
  variant: string;
  version: string;
  args: string[];
  input: string;
  exit: number;
  stdout: string;
  findings: { severity: string; line: number; column: number }[];
  kind: string;
  /** Lines that errors of reading YAML name, which are no findings there. */
  yaml_lines: number[];
}

export function butaneCases(): ButaneCase[] {
  const packed = readFileSync(join(import.meta.dirname, 'cases.jsonl.gz'));
  const lines = gunzipSync(packed).toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ButaneCase);
}

/** Lays out the files directory that the cases name; gives its path. It holds a FIFO. */
export async function unpackCaseFiles(folder: string): Promise<string> {
  await runOk('tar', ['-C', folder, '-xf', join(import.meta.dirname, 'files.tar')]);
  return join(folder, 'files');
}
