import type { IgnitionDocument } from '../../../ignition/build.ts';
import { documentName, type JobResult, runJob } from '../../../ignition/build-job.ts';
import type { IgnitionFinding } from '../../../ignition/finding.ts';
import { parseExact } from '../../../ignition/schema/encode.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../options/project.ts';
import { printFindings } from '../render/findings.ts';
import { type JobOptions, jobFrom } from './job.ts';

export interface BuildCommandOptions extends JobOptions {
  json?: true | undefined;
  output?: string | undefined;
  pretty?: true | undefined;
  check?: true | undefined;
  against?: string | undefined;
}

/** The document of `ignition build --json`. */
interface BuildSummary {
  built: boolean;
  findings: readonly IgnitionFinding[];
  /** Where the document was written to. */
  output: string | undefined;
  /** The document, unless it has a `!secret`. */
  document: Record<string, unknown> | undefined;
}

/** `lockstep ignition build`: reads, builds, tells what was found, writes when all is well. */
export async function build(
  context: Context,
  inputs: readonly string[],
  options: BuildCommandOptions,
): Promise<void> {
  const { output, json, pretty } = options;
  const job = await jobFrom(context, inputs, options);
  const isPublic = output?.endsWith('/') ?? false;
  const file = job.sources[0]?.file ?? '-';
  const result = await runJob(job, {
    pretty,
    check: async ({ document }) => {
      if (!document) return [];
      const open = isPublic ? await openSecrets(document, file) : [];
      if (options.against == null) return open;
      const { holdAgainst } = await import('./against.ts');
      return [...open, ...(await holdAgainst(context, options.against, { document, job }))];
    },
  });
  if (isPublic && result.secret)
    throw new LockstepError(
      'not-allowed',
      'a document with a !secret is not written to a public folder',
      {
        hint: 'hand it over with: lockstep ignition serve --once',
      },
    );
  if (!json) printFindings(context, result.findings, job.sources);
  if (!result.done) process.exitCode = 1;
  else if (!options.check)
    await write(context, result, {
      output,
      json,
      name: documentName(job),
      url: job.stream?.ignition?.url,
    });
  if (json) printJson(context, summaryOf(result, options.check ? undefined : output));
}

async function openSecrets(document: IgnitionDocument, file: string): Promise<IgnitionFinding[]> {
  const { secretFindings } = await import('../../../ignition/secrets.ts');
  return secretFindings(document, { file, severity: 'error' });
}

async function write(
  { stdout, cwd }: Context,
  { done, secret }: JobResult,
  to: { output: string | undefined; json: true | undefined; name: string; url: string | undefined },
): Promise<void> {
  const { output, json, name, url } = to;
  const text = `${done?.text}\n`;
  if (output?.endsWith('/')) {
    const { writePublic } = await import('../../../ignition/public.ts');
    await writePublic(text, { folder: output, cwd, name, url });
  } else if (output != null) {
    const { writeDocument } = await import('../../../ignition/output.ts');
    await writeDocument(text, { path: output, cwd, secret });
  } else if (!json) stdout.write(text);
}

function summaryOf(
  { done, findings, secret }: JobResult,
  output: string | undefined,
): BuildSummary {
  if (!done) return { built: false, findings, output: undefined, document: undefined };
  return { built: true, findings, output, document: secret ? undefined : parseExact(done.text) };
}
