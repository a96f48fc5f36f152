import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '../context/run-context.ts';
import { isOn, newestRecord } from '../record/find-records.ts';
import { lostRecord, storeJob } from '../record/job-record.ts';
import { namedFrom } from '../record/project-names.ts';
import { type RunRecord, storeRecord } from '../record/run-record.ts';
import { saysOfUpstream } from '../status/status.ts';
import { recordOf, type UnderWay } from './record.ts';

/** One of the jobs that a planned run is spread over. */
export interface Job {
  /** `build-KEY7`, `image`, `promote`; `run` of one that does all. */
  job: string;
  /** False of a run that stops at the candidate. */
  promote: boolean;
}

/** Says that a job has begun; what it says stands should it never come to say more. */
export async function openJob(run: UnderWay, { job, promote }: Job): Promise<void> {
  const { ends, project } = run.context;
  const record = namedFrom(project, lostRecord(recordOf(run, undefined), job));
  await storeJob(ends.image, { schema_version: 1, job, promote, record });
}

/**
 * A run leaves its record in the store and in its folder, without paths of this machine. One that changed nothing leaves none,
 * but after a failure: it says that the failure is over. A job leaves its part of the record, whatever it did.
 */
export async function keepRecord(run: UnderWay, error: unknown, job?: Job): Promise<RunRecord> {
  const { context, products } = run;
  const plain = recordOf(run, error);
  const isIdle = plain.outcome === 'unchanged' && !job;
  if (isIdle && !(await hasFailed(context))) return plain;
  const record = namedFrom(context.project, await withContents(plain, run));
  await mkdir(context.folder, { recursive: true });
  await writeFile(join(context.folder, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
  const { image } = context.ends;
  const store = async () => {
    if (job) await storeJob(image, { schema_version: 1, ...job, record });
    else await storeRecord(image, record, products?.candidate);
  };
  if (error == null) await store();
  else await store().catch((cause: unknown) => noteUnstored(context, cause));
  return record;
}

/** A record that tells too which modules its kmods images hold, and what had to be put right in them. */
async function withContents(record: RunRecord, run: UnderWay): Promise<RunRecord> {
  if (!record.kmods) return record;
  const kmods = record.kmods.map(async (one) => {
    return { ...one, ...(await contentsOf(run, one.kernel)) };
  });
  return { ...record, kmods: await Promise.all(kmods) };
}

/** It stands in the kmods image, whichever run built it; nothing when that cannot be read. */
async function contentsOf(
  { context, products }: UnderWay,
  kernel: string,
): Promise<Pick<NonNullable<RunRecord['kmods']>[number], 'modules' | 'mends'>> {
  const kmods = products?.kmods.get(kernel);
  if (!kmods) return {};
  // A run that changed nothing does not come here, and need not load it.
  const { readMends, readModuleSets } = await import('../../kmods/image/image.ts');
  try {
    const modules = await readModuleSets(context.ends.kmods, kmods);
    const mends = await readMends(context.ends.kmods, kmods);
    return { modules, ...(mends.length > 0 && { mends }) };
  } catch (cause) {
    const message = `what the kmods image holds cannot be read: ${(cause as Error).message}`;
    context.emit({ type: 'note', message });
    return {};
  }
}

/** True when the last recorded run of this stream on this channel failed. */
async function hasFailed({ ends, stream, channel, emit }: RunContext): Promise<boolean> {
  try {
    const isOwn = isOn(channel);
    const last = await newestRecord(
      ends.image,
      stream.name,
      (record) => isOwn(record) && saysOfUpstream(record),
    );
    return last?.outcome === 'failed';
  } catch (cause) {
    emit({ type: 'note', message: `the last record cannot be read: ${(cause as Error).message}` });
    return false;
  }
}

function noteUnstored({ emit }: RunContext, cause: unknown): void {
  emit({ type: 'note', message: `the record could not be stored: ${(cause as Error).message}` });
}
