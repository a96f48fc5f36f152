import type { LoadedConfig } from '../../config/load.ts';
import type { RunRecord } from '../../release/record/run-record.ts';
import type { Context } from '../context/context.ts';
import { located } from '../text/place.ts';
import { addOutputs, addSummary, findingAnnotations, isJob, markdownTable } from './job.ts';

/** Tells the job that a run is part of what it came to (docs/ci.md). */
export async function tellJob(
  records: readonly RunRecord[],
  { env, stderr }: Pick<Context, 'env' | 'stderr'>,
  config: LoadedConfig,
): Promise<void> {
  const findings = records.flatMap(({ stream: name, failure }) => {
    const stream = config.streams.find((one) => one.name === name);
    const found = failure?.findings ?? [];
    return stream ? located(found, { config, stream }) : found;
  });
  const { file } = config;
  if (isJob(env)) stderr.write(findingAnnotations(findings, { env, file }));
  await addSummary(env, runSummary(records));
  await addOutputs(env, runOutputs(records));
}

function runSummary(records: readonly RunRecord[]): string {
  const rows = records.map(({ stream, outcome, upstream, candidate, promotion, failure }) => [
    stream,
    outcome,
    upstream?.kernel ?? '',
    candidate?.digest.slice(0, 19) ?? '',
    Object.keys(promotion?.moved ?? {}).join(' '),
    failure ? `${failure.step}: ${failure.message}` : '',
  ]);
  return markdownTable(['stream', 'outcome', 'kernel', 'image', 'moved', 'failure'], rows);
}

/** Of one stream its values; of several those that speak for all, each in the document. */
export function runOutputs(records: readonly RunRecord[]): Record<string, string> {
  const promoted = records.filter(({ outcome }) => outcome === 'promoted');
  const failed = records.some(({ outcome }) => outcome === 'failed');
  const [only, ...more] = records;
  return {
    failed: String(failed),
    promoted: String(promoted.length > 0),
    ...(only && more.length === 0
      ? {
          outcome: only.outcome,
          kernel: only.upstream?.kernel ?? '',
          image: only.candidate?.digest ?? '',
        }
      : {}),
    streams: JSON.stringify(records.map((record) => ({ name: record.stream, ...record }))),
  };
}
