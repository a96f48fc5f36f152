import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeStorage } from '../build/buildah.ts';
import type { Stream } from '../config/schema.ts';
import type { Registry } from '../oci/repository.ts';
import { LockstepError } from '../system/error.ts';
import { acquireLock } from '../system/lock.ts';
import { temporaryFolder } from '../system/temporary.ts';
import type { Products } from './apply.ts';
import type { RunContext, SeenBase } from './context.ts';
import { type Folders, foldersOf } from './folders.ts';
import { baseDigest, type Inputs, inputsDigest } from './inputs.ts';
import { type Journal, StepFailure, startJournal } from './journal.ts';
import type { PlannedStep } from './plan.ts';
import type { RunRequest } from './planned-run.ts';
import { newestRecord, type RunRecord, runId, storeRecord } from './record.ts';
import { type Resolved, resolve } from './resolve.ts';
import { requireRoom } from './room.ts';
import { applyRun, planRun } from './run.ts';
import { runContext, type StreamOptions } from './run-context.ts';
import { recordsOf } from './state.ts';
import { candidateTag, kmodsTag } from './tags.ts';
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
  const id = runId(options.now(), randomBytes(2).toString('hex'));
  await using _lock = await acquireLock(folders.lock, {
    wait: options.patience,
    signal: options.signal,
    holder: `lockstep run ${id} (process ${process.pid})`,
    onWait: (holder) => options.emit({ type: 'note', message: `waiting for ${holder}` }),
  });
  await removeLeftStorage(folders.storage, options);
  await mkdir(folders.scratch, { recursive: true });
  await requireRoom(folders.scratch);
  const run: UnderWay = {
    context: runContext(stream, { ...options, folders, id, onBase: (base) => (run.seen = base) }),
    journal: startJournal(stream.name, options.emit),
    started: options.now().toISOString(),
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
): Promise<{ name: string; kernel: string; steps: PlannedStep[] }> {
  const project = foldersOf(options.project);
  await mkdir(project.work, { recursive: true });
  await using scratch = await temporaryFolder(project.work);
  const folders = { ...project, ...placesBelow(scratch.path) };
  const context = runContext(stream, { ...options, folders, id: runId(options.now(), 'plan') });
  const resolved = await resolve(context, options);
  const { steps } = await planRun(context, resolved, options.request);
  return { name: stream.name, kernel: resolved.inputs.base.kernelRelease, steps };
}

/** A plan needs no lock: what it has to unpack lies apart from what a run may be using. */
function placesBelow(folder: string): Pick<Folders, 'storage' | 'scratch'> {
  return { storage: join(folder, 'storage'), scratch: folder };
}

/** A killed run may have left containers. */
async function removeLeftStorage(storage: string, { env }: StreamRunOptions): Promise<void> {
  if (existsSync(storage)) await removeStorage({ storage, env, root: process.getuid?.() === 0 });
}

interface UnderWay {
  context: RunContext;
  journal: Journal;
  started: string;
  /** What was followed, should resolving fail after it. */
  seen?: SeenBase;
  resolved?: Resolved;
  products?: Products;
}

async function attempt(run: UnderWay, options: StreamRunOptions): Promise<undefined> {
  const { context, journal } = run;
  run.resolved = await journal.do('resolve', async () => {
    const value = await resolve(context, options);
    return { value, message: describe(value) };
  });
  const planned = await planRun(context, run.resolved, options.request);
  run.products = {
    kmods: planned.sight.kmodsDescriptor,
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

function describe({ inputs }: Resolved): string {
  const modules = inputs.modules.map(({ name, version }) => `${name} ${version}`);
  return [`Linux ${inputs.base.kernelRelease}`, ...modules].join(', ');
}

/**
 * A run leaves its record in the store and in its folder. One that changed nothing leaves none,
 * but after a failure: it says that the failure is over.
 */
async function keepRecord(run: UnderWay, error: unknown): Promise<RunRecord> {
  const { context, products } = run;
  const record = recordOf(run, error);
  if (record.outcome === 'unchanged' && !(await hasFailed(context))) return record;
  await mkdir(context.folder, { recursive: true });
  await writeFile(join(context.folder, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
  const store = () => storeRecord(context.ends.image, record, products?.candidate);
  if (error == null) await store();
  else await store().catch((cause: unknown) => noteUnstored(context, cause));
  return record;
}

/** True when the last recorded run of this stream on this channel failed. */
async function hasFailed({ ends, stream, channel }: RunContext): Promise<boolean> {
  const last = await newestRecord(ends.image, recordsOf(stream, channel));
  return last?.outcome === 'failed';
}

function noteUnstored({ emit }: RunContext, cause: unknown): void {
  emit({ type: 'note', message: `the record could not be stored: ${(cause as Error).message}` });
}

function recordOf(
  { context, journal, started, seen, resolved, products }: UnderWay,
  error: unknown,
): RunRecord {
  return {
    schema_version: 1,
    id: context.id,
    stream: context.stream.name,
    ...(context.channel.name === 'branch' && { branch: context.channel.branch }),
    started,
    finished: context.now().toISOString(),
    outcome: error == null ? (products?.outcome ?? 'unchanged') : 'failed',
    ...(seen && { upstream: upstreamOf(seen, []) }),
    ...(resolved && followed(resolved, products)),
    ...(products?.promotion && { promotion: products.promotion }),
    steps: [...journal.steps],
    ...(error != null && { failure: failureOf(error) }),
  };
}

function followed({ inputs, kmodsKey }: Resolved, products?: Products): Partial<RunRecord> {
  const { base, modules } = inputs;
  const [first] = kmodsKey.modules;
  const tag = candidateTag(inputs.keys.image, base.osVersion);
  const { kmods, candidate } = products ?? {};
  return {
    upstream: upstreamOf({ ...base, digest: baseDigest(inputs) }, modules),
    inputs: inputsDigest(inputs),
    ...(kmods &&
      first && { kmods: { tag: kmodsTag(first, base.kernelRelease), digest: kmods.digest } }),
    ...(candidate && { candidate: { tag, digest: candidate.digest } }),
  };
}

function upstreamOf(
  { kernelRelease, osVersion, digest }: SeenBase,
  modules: readonly { name: string; version: string }[],
): RunRecord['upstream'] {
  const versions = modules.map(({ name, version }) => [name, version]);
  return { kernel: kernelRelease, osVersion, base: digest, modules: Object.fromEntries(versions) };
}

function failureOf(error: unknown): RunRecord['failure'] {
  const cause = rootOf(error);
  const known = cause instanceof LockstepError ? cause : undefined;
  return {
    step: error instanceof StepFailure ? error.step : 'run',
    code: known?.code ?? 'bug',
    message: cause instanceof Error ? cause.message : String(cause),
    hint: known?.hint,
    findings: error instanceof StepFailure ? [...error.findings] : [],
  };
}

function rootOf(error: unknown): unknown {
  return error instanceof StepFailure ? error.cause : error;
}
