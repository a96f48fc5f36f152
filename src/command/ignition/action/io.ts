import type { SourceText } from '../../../file/yaml/tree.ts';
import type { Built } from '../../../ignition/build.ts';
import type { IgnitionFinding } from '../../../ignition/finding.ts';
import { writeDocument } from '../../../ignition/output.ts';
import { readAny } from '../../../ignition/read-any.ts';
import { readSource } from '../../../ignition/source-file.ts';
import type { Context } from '../../context/context.ts';
import { printFindings } from '../render/findings.ts';
import { type JobOptions, jobFrom } from './job.ts';
import { standardInput } from './standard-input.ts';

/** What commands share that read documents. */
export interface DocumentOptions {
  /** Findings stand in the one JSON document, and are not told beside it. */
  json?: true | undefined;
}

/** The same for commands that build Butane first. */
export interface BuiltOptions extends DocumentOptions, JobOptions {}

/** The same for commands that write one. */
export interface PutOptions extends DocumentOptions {
  output?: string | undefined;
}

/** Reads a file that a command was given; `-` is standard input. */
export function readInput(context: Context, file: string): Promise<SourceText> {
  return readSource(file, { cwd: context.cwd, stdin: standardInput });
}

/** Reads Ignition, or builds Butane as `build` does; errors make the answer no. */
export async function documentFrom(
  context: Context,
  files: readonly string[],
  options: BuiltOptions,
): Promise<Built> {
  const job = await jobFrom(context, files, options);
  return told(context, await readAny(job.sources, job), { ...options, sources: job.sources });
}

/** Tells what was found; without a document the answer is no. */
export function told<T extends { findings: readonly IgnitionFinding[]; document?: unknown }>(
  context: Context,
  result: T,
  { sources, json }: { sources: readonly SourceText[]; json?: true | undefined },
): T {
  if (!json) printFindings(context, result.findings, sources);
  if (result.document == null) process.exitCode = 1;
  return result;
}

/** Writes to a file, or to standard output, which with `--json` has the JSON document alone. */
export async function put(
  { cwd, stdout }: Context,
  text: string,
  { output, json, secret = false }: PutOptions & { secret?: boolean },
): Promise<void> {
  if (output != null) await writeDocument(text, { path: output, cwd, secret });
  else if (!json) stdout.write(text);
}
