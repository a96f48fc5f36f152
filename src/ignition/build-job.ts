import { type Built, buildButane, documentText, type IgnitionDocument } from './build.ts';
import { findingOf, type IgnitionFinding } from './finding.ts';
import type { BuildJob } from './job.ts';
import { limitProblem } from './limits.ts';

/** What a job came to. */
export interface JobResult {
  findings: IgnitionFinding[];
  /** Only when everything passed: the document and its text, without the newline at its end. */
  done?: { document: IgnitionDocument; text: string } | undefined;
  /** It holds what may be shown to nobody. */
  secret: boolean;
}

export interface JobOptions {
  pretty?: boolean | undefined;
  /** Looks further at a document: against an image, for secrets. */
  check?: ((built: Built) => Promise<IgnitionFinding[]>) | undefined;
}

/** Builds and holds the result against what the job demands: no warnings, a size. */
export async function runJob(
  job: BuildJob,
  { pretty, check }: JobOptions = {},
): Promise<JobResult> {
  const built = await buildButane(job.sources, job);
  const findings = [...built.findings];
  const secret = built.secrets.size > 0;
  if (!built.document) return { findings, secret };
  findings.push(...((await check?.(built)) ?? []));
  const text = documentText(built.document, pretty);
  const tooLarge = job.limit == null ? undefined : limitProblem(built.document, text, job.limit);
  if (tooLarge) findings.push(findingOf('error', tooLarge, job.sources[0]?.file ?? '-'));
  const failed = findings.some(({ severity }) => job.strict || severity === 'error');
  return { findings, secret, done: failed ? undefined : { document: built.document, text } };
}

/** The name that a document is served and published under: of its URL, its stream or its source. */
export function documentName({ stream, sources }: BuildJob): string {
  const last = stream?.ignition?.url?.split('/').at(-1);
  if (last && /^[\w.-]+\.(?:ign|json)$/.test(last)) return last;
  const base = (sources.at(-1)?.file ?? '').split('/').at(-1) ?? '';
  const plain = base.replace(/\.[^.]*$/, '').replaceAll(/[^\w.-]/g, '');
  return `${stream?.name ?? (plain || 'config')}.ign`;
}
