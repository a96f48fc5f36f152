import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import type { Registry } from '../../oci/repository.ts';
import { recordAt, recordsOf } from '../record/find-records.ts';
import { readHeartbeat } from '../record/heartbeat.ts';
import { lostRecord, storeJob } from '../record/job-record.ts';
import { runId, runOfStream, runTag } from '../record/run-name.ts';
import { type RunRecord, storeRecord } from '../record/run-record.ts';
import { aStream } from '../testing/inputs.ts';
import { closePlan } from './close.ts';
import type { PlanDocument, PlannedImage } from './document.ts';
import { lookBack } from './look-back.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const STREAMS = ['nas', 'desktop', 'idle'].map((name) => aStream({ name }));
const KEY = `sha256:${'1'.repeat(64)}`;
const BUILD = 'build-1111111';

function aRecord(run: string, stream: string, change: Partial<RunRecord> = {}): RunRecord {
  return {
    schema_version: 1,
    id: runOfStream(run, stream),
    stream,
    started: '2026-11-20T07:30:00Z',
    finished: '2026-11-20T07:31:00Z',
    outcome: 'unchanged',
    upstream: { kernel: '6.1', osVersion: '12', base: KEY, modules: {} },
    steps: [],
    ...change,
  };
}

/** Two streams that hold one kmods image, which the first of them builds, and one with nothing to do. */
function aPlan(minute = 0): PlanDocument {
  const run = runId(new Date(Date.UTC(2026, 10, 20, 7, minute)), '1a2b');
  const image = (stream: string): PlannedImage => ({
    stream,
    kernels: ['6.1'],
    steps: ['compose', 'promote'],
    why: 'no candidate',
  });
  return {
    schema_version: 1,
    run,
    created: '2026-11-20T07:30:00Z',
    channel: { name: 'main' },
    request: { promote: true, force: false },
    kmods: {
      include: [{ key: KEY, kernel: '6.1', stream: 'nas', modules: [], for: ['nas', 'desktop'] }],
    },
    images: { include: [image('nas'), image('desktop')] },
    stopped: [],
    idle: ['idle'],
    streams: STREAMS.map(({ name }) => ({ name, record: aRecord(run, name), compat: [] })),
  };
}

const options = (plan: PlanDocument, registry: Registry) => ({
  plan,
  streams: STREAMS,
  registryOf: () => registry,
  now: () => NOW,
});

const imagesOf = (registry: Registry) => registry.repository(STREAMS[0]?.publish.image ?? '');

async function did(
  registry: Registry,
  plan: PlanDocument,
  [stream, job, outcome]: [string, string, RunRecord['outcome']],
): Promise<void> {
  const own = aRecord(plan.run, stream, { outcome });
  const record = outcome === 'failed' ? lostRecord(own, job) : own;
  await storeJob(imagesOf(registry), { schema_version: 1, job, promote: true, record });
}

async function allRecords(registry: Registry, stream: string): Promise<RunRecord[]> {
  const records = [];
  for await (const record of recordsOf(imagesOf(registry), stream)) records.push(record);
  return records;
}

describe(closePlan, () => {
  it('makes one record for each stream for which something was to be done', async () => {
    const registry = memoryRegistry();
    const plan = aPlan();
    await did(registry, plan, ['nas', BUILD, 'candidate']);
    await did(registry, plan, ['nas', 'image', 'candidate']);
    await did(registry, plan, ['nas', 'promote', 'promoted']);
    await did(registry, plan, ['desktop', 'image', 'failed']);

    const records = await closePlan(options(plan, registry));

    expect(records.map(({ outcome }) => outcome)).toEqual(['promoted', 'failed', 'unchanged']);
    expect(await allRecords(registry, 'nas')).toMatchObject([
      { outcome: 'promoted', jobs: [{ job: BUILD }, { job: 'image' }, { job: 'promote' }] },
    ]);
    expect(await allRecords(registry, 'desktop')).toMatchObject([
      { outcome: 'failed', failure: { code: 'lost' }, jobs: [{ job: BUILD }, { job: 'image' }] },
    ]);
    expect(await allRecords(registry, 'idle')).toEqual([]);
  });

  it('changes nothing when it is called again, and tells what a job did that was started again', async () => {
    const registry = memoryRegistry();
    const plan = aPlan();
    await did(registry, plan, ['nas', 'image', 'failed']);
    await closePlan(options(plan, registry));
    const before = await imagesOf(registry).resolve(runTag(runOfStream(plan.run, 'nas')));

    const later = { ...options(plan, registry), now: () => new Date(NOW.getTime() + 60_000) };
    await closePlan(later);
    expect(await imagesOf(registry).resolve(runTag(runOfStream(plan.run, 'nas')))).toEqual(before);

    await did(registry, plan, ['nas', 'image', 'candidate']);
    await did(registry, plan, ['nas', 'promote', 'promoted']);
    await did(registry, plan, ['nas', 'promote', 'unchanged']);
    await closePlan(later);
    expect(await allRecords(registry, 'nas')).toMatchObject([{ outcome: 'promoted' }]);
  });

  it('closes a run whose own closing died, by what its jobs have left', async () => {
    const registry = memoryRegistry();
    const [died, next] = [aPlan(0), aPlan(1)];
    await did(registry, died, ['nas', 'image', 'candidate']);

    await closePlan(options(next, registry));

    const left = await recordAt(imagesOf(registry), runTag(runOfStream(died.run, 'nas')));
    expect(left).toMatchObject({
      outcome: 'failed',
      failure: { message: 'the job promote ended without a word' },
    });
    expect(await allRecords(registry, 'nas')).toHaveLength(2);
  });

  it('says that a failure is over when there is nothing to do any more', async () => {
    const registry = memoryRegistry();
    const failed = aRecord('20261119t073000z-1a2b', 'idle', { outcome: 'failed' });
    await storeRecord(imagesOf(registry), failed);

    await closePlan(options(aPlan(), registry));

    expect((await allRecords(registry, 'idle')).map(({ outcome }) => outcome)).toEqual([
      'unchanged',
      'failed',
    ]);
  });
});

describe(lookBack, () => {
  it('notes when upstream was looked at, of each stream that it was looked at for', async () => {
    const registry = memoryRegistry();
    const plan = aPlan();
    const [nas, desktop, idle] = plan.streams;
    if (nas) nas.record.replay = true;
    if (desktop) desktop.record.upstream = undefined;

    const statuses = await lookBack(options(plan, registry));

    expect(statuses).toMatchObject([
      { stream: 'idle', looked: plan.created, upstreamKernel: '6.1' },
    ]);
    expect(await readHeartbeat(imagesOf(registry), 'idle')).toMatchObject({
      run: idle?.record.id,
      looked: plan.created,
    });
    expect(await readHeartbeat(imagesOf(registry), 'nas')).toBeUndefined();
    expect(await readHeartbeat(imagesOf(registry), 'desktop')).toBeUndefined();
  });

  it('leaves one small tag for a stream, however often it looks', async () => {
    const registry = memoryRegistry();
    for (const minute of [0, 1, 2]) await lookBack(options(aPlan(minute), registry));

    const tags = await imagesOf(registry).tags();
    expect(tags.filter((tag) => tag.startsWith('heartbeat-'))).toHaveLength(3);
  });

  it('notes nothing for branches', async () => {
    const registry = memoryRegistry();
    const plan = { ...aPlan(), channel: { name: 'branch' as const, branch: 'next' } };

    expect(await lookBack(options(plan, registry))).toEqual([]);
    expect(await imagesOf(registry).tags()).toEqual([]);
  });
});
