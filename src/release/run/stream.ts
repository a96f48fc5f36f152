import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import type { Stream } from '../../config/schema.ts';
import type { Registry } from '../../oci/repository.ts';
import { LockstepError } from '../../system/error.ts';
import { acquireLock } from '../../system/lock.ts';
import { MAIN } from '../channel/channel.ts';
import { foldersOf } from '../channel/folders.ts';
import { removeContainers, removeLooks } from '../context/containers.ts';
import { requireRoom } from '../context/disk-space.ts';
import type { StreamOptions } from '../context/new-run.ts';
import { openTrust, type Trust } from '../context/trust.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { Sight } from '../plan/observe.ts';
import type { RunRequest } from '../plan/plan.ts';
import { runId } from '../record/run-name.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { PlannedInputs } from '../resolve/resolve.ts';
import type { Products } from './apply.ts';
import { beginRun, resolveFor } from './begin.ts';
import { type Job, keepRecord, openJob } from './keep-record.ts';
import { movedOn } from './moved-on.ts';
import { rootOf, type UnderWay } from './record.ts';
import { applyRun, planRun } from './run.ts';
import { tidy } from './tidy.ts';

export interface StreamRunOptions extends StreamOptions {
  /** The same registry, but not ended by `signal`: what moves together must not be torn apart. */
  promotionRegistry: Registry;
  /** Use exactly these inputs. */
  replay?: Inputs;
  /** The part of a plan that is carried out; the run has the name that it was given there. */
  planned?: PlannedJob;
  request: RunRequest;
  /** Milliseconds to wait for another run of the same project. */
  patience?: number;
}

/** One job of a run that was planned for several. */
export interface PlannedJob extends Job, PlannedInputs {
  id: string;
}

/** How a run ended; `error` says why it failed. */
export interface StreamRun {
  record: RunRecord;
  error?: unknown;
}

/** One run of one stream, from following to promotion, with its record in the store. */
export async function runStream(stream: Stream, options: StreamRunOptions): Promise<StreamRun> {
  const folders = foldersOf(options.project);
  const id = options.planned?.id ?? newId(stream, options);
  const trust = await trustOf(stream, options);
  await using _lock = await acquireLock(folders.lock, {
    wait: options.patience,
    signal: options.signal,
    holder: `lockstep run ${id} (process ${process.pid})`,
    onWait: (holder) => options.emit({ type: 'note', message: `waiting for ${holder}` }),
  });
  await removeContainers({ env: options.env, folders });
  await removeLooks({ ...options, folders });
  await mkdir(folders.scratch, { recursive: true });
  await requireRoom(folders.scratch);
  const run = beginRun(stream, { ...options, folders, id, trust });
  const error = await attempt(run, options).catch((cause: unknown) => {
    const failure = cause ?? new LockstepError('bug', 'a run failed without a reason');
    return options.planned ? movedOn(failure) : failure;
  });
  await tidy(run.context, run.resolved?.inputs);
  return { record: await keepRecord(run, error, jobOf(options)), error: error && rootOf(error) };
}

/** Opens the key before anything is made; who only builds signs nothing, and other channels do not. */
async function trustOf(stream: Stream, options: StreamRunOptions): Promise<Trust | undefined> {
  const { channel = MAIN, request } = options;
  const signs = channel.name === 'main' && request.only !== 'build';
  return signs ? openTrust(stream, options) : undefined;
}

function newId({ name }: Stream, { now }: StreamRunOptions): string {
  return runId(now(), randomBytes(2).toString('hex'), name);
}

function jobOf({ planned }: StreamRunOptions): Job | undefined {
  return planned && { job: planned.job, promote: planned.promote };
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
  const resolved = await resolveFor(run, options);
  const job = jobOf(options);
  if (job) await openJob(run, job);
  const planned = await planRun(context, resolved, options.request);
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
