import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stream } from '../../config/schema.ts';
import { readMends, readModuleSets } from '../../kmods/image/image.ts';
import type { Registry } from '../../oci/repository.ts';
import { LockstepError } from '../../system/error.ts';
import { acquireLock } from '../../system/lock.ts';
import { foldersOf } from '../channel/folders.ts';
import { removeContainers } from '../context/containers.ts';
import { requireRoom } from '../context/disk-space.ts';
import { runContext, type StreamOptions } from '../context/new-run.ts';
import type { RunContext } from '../context/run-context.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { Sight } from '../plan/observe.ts';
import type { RunRequest } from '../plan/plan.ts';
import type { PlannedStep } from '../plan/step.ts';
import { isOn, newestRecord } from '../record/find-records.ts';
import { startJournal } from '../record/journal.ts';
import { namedFrom } from '../record/project-names.ts';
import { runId } from '../record/run-name.ts';
import { type RunRecord, storeRecord } from '../record/run-record.ts';
import { resolveStream } from '../resolve/look.ts';
import { type Resolved, resolve } from '../resolve/resolve.ts';
import { saysOfUpstream } from '../status/status.ts';
import type { Products } from './apply.ts';
import { recordOf, rootOf, type UnderWay } from './record.ts';
import { applyRun, planRun } from './run.ts';
import { tidy } from './tidy.ts';

export interface StreamRunOptions extends StreamOptions {
  /** The same registry, but not ended by `signal`: what moves together must not be torn apart. */
  promotionRegistry: Registry;
  /** Use exactly these inputs. */
  replay?: Inputs;
  request: RunRequest;
  /** Milliseconds to wait for another run of the same project. */
  patience?: number;
}

/** How a run ended; `error` says why it failed. */
export interface StreamRun {
  record: RunRecord;
  error?: unknown;
}

/** One run of one stream, from following to promotion, with its record in the store. */
export async function runStream(stream: Stream, options: StreamRunOptions): Promise<StreamRun> {
  const folders = foldersOf(options.project);
  const id = runId(options.now(), randomBytes(2).toString('hex'), stream.name);
  await using _lock = await acquireLock(folders.lock, {
    wait: options.patience,
    signal: options.signal,
    holder: `lockstep run ${id} (process ${process.pid})`,
    onWait: (holder) => options.emit({ type: 'note', message: `waiting for ${holder}` }),
  });
  await removeContainers({ env: options.env, folders });
  await mkdir(folders.scratch, { recursive: true });
  await requireRoom(folders.scratch);
  const run: UnderWay = {
    context: runContext(stream, {
      ...options,
      folders,
      id,
      onBase: (base) => (run.seen = base),
      onFinding: (finding) => run.findings.push(finding),
    }),
    findings: [],
    journal: startJournal(stream.name, options.emit),
    started: options.now().toISOString(),
    replay: options.replay != null,
  };
  const error = await attempt(run, options).catch(
    (cause: unknown) => cause ?? new LockstepError('bug', 'a run failed without a reason'),
  );
  await tidy(run.context, run.resolved?.inputs);
  return { record: await keepRecord(run, error), error: error && rootOf(error) };
}

/** What a run would do, without doing anything. */
export async function planStream(
  stream: Stream,
  options: Omit<StreamRunOptions, 'patience' | 'promotionRegistry'>,
): Promise<{ name: string; kernels: string[]; steps: PlannedStep[] }> {
  const { context, ...resolved } = await resolveStream(stream, options, options);
  const { steps } = await planRun(context, resolved, options.request);
  return { name: stream.name, kernels: resolved.inputs.base.kernels, steps };
}

async function attempt(run: UnderWay, options: StreamRunOptions): Promise<undefined> {
  try {
    await resolveAndApply(run, options);
  } finally {
    await removeContainers(run.context);
  }
}

async function resolveAndApply(run: UnderWay, options: StreamRunOptions): Promise<void> {
  const { context, journal } = run;
  run.resolved = await journal.do('resolve', async () => {
    const value = await resolve(context, options);
    return { value, message: describe(value) };
  });
  const planned = await planRun(context, run.resolved, options.request);
  run.products = {
    kmods: storedIn(planned.sight),
    candidate: planned.sight.candidateDescriptor,
    outcome: 'unchanged',
  };
  await applyRun(context, options.promotionRegistry, {
    run: planned,
    journal,
    products: run.products,
  });
  await rm(context.folders.scratch, { recursive: true, force: true });
}

function storedIn({ kmods }: Sight): Products['kmods'] {
  return new Map(kmods.flatMap(({ kernel, stored }) => (stored ? [[kernel, stored]] : [])));
}

function describe({ inputs }: Resolved): string {
  const modules = inputs.modules.map(({ name, version }) => `${name} ${version}`);
  return [...inputs.base.kernels.map((kernel) => `Linux ${kernel}`), ...modules].join(', ');
}

/**
 * A run leaves its record in the store and in its folder, without paths of this machine. One that changed nothing leaves none,
 * but after a failure: it says that the failure is over.
 */
async function keepRecord(run: UnderWay, error: unknown): Promise<RunRecord> {
  const { context, products } = run;
  const plain = recordOf(run, error);
  if (plain.outcome === 'unchanged' && !(await hasFailed(context))) return plain;
  const record = namedFrom(context.project, await withContents(plain, run));
  await mkdir(context.folder, { recursive: true });
  await writeFile(join(context.folder, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
  const store = () => storeRecord(context.ends.image, record, products?.candidate);
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
