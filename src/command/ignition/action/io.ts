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

/** Reads a file that a command was given; `-` is standard input. */
export function readInput(context: Context, file: string): Promise<SourceText> {
  return readSource(file, { cwd: context.cwd, stdin: process.stdin });
}

/** What documents that are Butane are built with. */
export function buildOptions(context: Context, filesDir: string | undefined): BuildOptions {
  return { files: filesDir == null ? undefined : new LocalFiles(resolve(context.cwd, filesDir)) };
}

/** Reads Ignition, or builds Butane; errors are told, and make the answer no. */
export async function documentFrom(
  context: Context,
  file: string,
  options: BuildOptions = {},
): Promise<IgnitionDocument | undefined> {
  const source = await readInput(context, file);
  const { findings, document } = await readAny(source, options);
  tell(context, findings, [source], document != null);
  return document;
}

/** Prints findings; the answer is no when there is nothing to go on with. */
export function tell(
  context: Context,
  findings: readonly IgnitionFinding[],
  sources: readonly SourceText[],
  good: boolean,
): void {
  printFindings(context, findings, sources);
  if (!good) process.exitCode = 1;
}

/** Writes to a file, or to standard output. */
export async function put(
  context: Context,
  text: string,
  output: string | undefined,
): Promise<void> {
  if (output == null) context.stdout.write(text);
  else await writeDocument(text, { path: output, cwd: context.cwd, secret: false });
}
