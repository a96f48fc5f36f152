import { resolve } from 'node:path';
import type { BuildOptions, IgnitionDocument } from '../../../ignition/build.ts';
import { LocalFiles } from '../../../ignition/butane/local-files.ts';
import type { IgnitionFinding } from '../../../ignition/finding.ts';
import { writeDocument } from '../../../ignition/output.ts';
import { readAny } from '../../../ignition/read-any.ts';
import { readSource } from '../../../ignition/source-file.ts';
import type { SourceText } from '../../../ignition/text/tree.ts';
import type { Context } from '../../context/context.ts';
import { printFindings } from '../render/findings.ts';

/** What commands share that read documents. */
export interface DocumentOptions {
  /** The folder that local files of Butane are taken from. */
  filesDir?: string | undefined;
  /** Findings stand in the one JSON document, and are not told beside it. */
  json?: true | undefined;
}

/** The same for commands that write one. */
export interface PutOptions extends DocumentOptions {
  output?: string | undefined;
}

/** A document, and what was found in it; undefined when it cannot be used. */
export interface ReadResult {
  document?: IgnitionDocument;
  findings: readonly IgnitionFinding[];
}

/** Reads a file that a command was given; `-` is standard input. */
export function readInput(context: Context, file: string): Promise<SourceText> {
  return readSource(file, { cwd: context.cwd, stdin: process.stdin });
}

/** What documents that are Butane are built with. */
export function buildOptions(context: Context, filesDir: string | undefined): BuildOptions {
  return { files: filesDir == null ? undefined : new LocalFiles(resolve(context.cwd, filesDir)) };
}

/** Reads Ignition, or builds Butane; errors make the answer no. */
export async function documentFrom(
  context: Context,
  file: string,
  { filesDir, json }: DocumentOptions,
): Promise<ReadResult> {
  const source = await readInput(context, file);
  const read = await readAny(source, buildOptions(context, filesDir));
  return told(context, read, { sources: [source], json });
}

/** Tells what was found; without a document the answer is no. */
export function told<T extends { findings: readonly IgnitionFinding[]; document?: unknown }>(
  context: Context,
  result: T,
  { sources, json }: { sources: readonly SourceText[]; json: true | undefined },
): T {
  if (!json) printFindings(context, result.findings, sources);
  if (result.document == null) process.exitCode = 1;
  return result;
}

/** Writes to a file, or to standard output, which with `--json` has the JSON document alone. */
export async function put(
  { cwd, stdout }: Context,
  text: string,
  { output, json }: PutOptions,
): Promise<void> {
  if (output != null) await writeDocument(text, { path: output, cwd, secret: false });
  else if (!json) stdout.write(text);
}
