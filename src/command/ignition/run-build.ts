import { buildButane, documentText } from '../../ignition/build.ts';
import { findingOf } from '../../ignition/finding.ts';
import { type BuildJob, readJob } from '../../ignition/job.ts';
import { type Limit, limitOf, limitProblem } from '../../ignition/limits.ts';
import { writeDocument } from '../../ignition/output.ts';
import { LockstepError } from '../../system/error.ts';
import type { Context } from '../context.ts';
import { printJson } from '../options.ts';
import { printFindings } from '../render/ignition.ts';

export interface BuildCommandOptions {
  config: string;
  json?: true | undefined;
  output?: string | undefined;
  filesDir?: string | undefined;
  pretty?: true | undefined;
  strict?: true | undefined;
  check?: true | undefined;
  set?: string[] | undefined;
  limit?: string | undefined;
  stream?: string | undefined;
}

/** `lockstep ignition build`: reads, builds, tells what was found, writes when all is well. */
export async function runBuild(
  context: Context,
  inputs: readonly string[],
  options: BuildCommandOptions,
): Promise<void> {
  const { output, json, check } = options;
  const job = await readJob({
    ...context,
    ...options,
    inputs,
    limit: limitFrom(options.limit),
    stdin: process.stdin,
  });
  const { findings, text, secret } = await build(job, options.pretty ?? false);
  if (!json) printFindings(context, findings, job.sources);
  const failed = text == null;
  if (failed) process.exitCode = 1;
  if (!failed && output != null && !check)
    await writeDocument(`${text}\n`, { path: output, cwd: context.cwd, secret });
  if (json) {
    const document: unknown = failed || secret ? undefined : JSON.parse(text);
    printJson(context, { built: !failed, findings, output, document });
  } else if (!failed && output == null && !check) context.stdout.write(`${text}\n`);
}

function limitFrom(text: string | undefined): Limit | undefined {
  const limit = text == null ? undefined : limitOf(text);
  if (text != null && limit == null)
    throw new LockstepError(
      'usage',
      `--limit takes aws, openstack, virtualbox or bytes, not ${text}`,
    );
  return limit;
}

async function build(job: BuildJob, pretty: boolean) {
  const built = await buildButane(job.sources, job);
  const findings = [...built.findings];
  const secret = built.secrets.size > 0;
  if (!built.document) return { findings, secret };
  const text = documentText(built.document, pretty);
  const tooLarge = job.limit == null ? undefined : limitProblem(built.document, text, job.limit);
  if (tooLarge) findings.push(findingOf('error', tooLarge, job.sources[0]?.file ?? '-'));
  const failed = tooLarge != null || (job.strict && findings.length > 0);
  return failed ? { findings, secret } : { findings, secret, text };
}
