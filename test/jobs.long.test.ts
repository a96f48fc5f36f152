import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../src/oci/open/open.ts';
import type { Registry } from '../src/oci/repository.ts';
import {
  type RegistryServer,
  startDockerRegistry,
  whyNoRegistry,
} from '../src/oci/testing/docker-registry.ts';
import { validateRepository } from '../src/oci/validate.ts';
import type { PlanDocument } from '../src/release/jobs/document.ts';
import { loadPlan } from '../src/release/jobs/folder.ts';
import { recordsOf } from '../src/release/record/find-records.ts';
import type { RunRecord } from '../src/release/record/run-record.ts';
import { readVerdicts } from '../src/release/record/verdicts.ts';
import { aProject, type Call, lockstep, type Project, SMALL } from './project.ts';

/** Two small streams that hold the same kmods image and lie in one repository. */
const streams = [
  { name: 'plain', stable: ['plain'], enable: [] as string[] },
  { name: 'net', stable: ['net'], enable: ['systemd-networkd.service'] },
];

const GATES = ['abi', 'boot', 'compat', 'contents', 'package'];

/** The jobs of a plan, as the generated files call them. */
const BUILD = ['run', '--planned', 'plan', '--only', 'build'];
const image = (stream: string) => [
  'run',
  '--planned',
  'plan',
  '--no-build',
  '--no-promote',
  '--stream',
  stream,
];
const PROMOTE = ['promote', '--planned', 'plan'];
const REPORT = ['report', '--planned', 'plan', '--json'];

let server: RegistryServer;
let registry: Registry;
let clones: [Project, Project, Project];

/** A checkout with nothing in its cache. */
async function aClone(place: string): Promise<Project> {
  const { version, base, modules, gates } = SMALL;
  return aProject({
    ...Object.fromEntries(Object.keys(SMALL).map((key) => [key, undefined])),
    version,
    streams: streams.map(({ name, stable, enable }) => ({
      name,
      base,
      modules,
      gates,
      image: { enable },
      publish: { registry: place, image: 'image', kmods: 'kmods', stable },
    })),
  });
}

/** Plans in one clone and hands the plan on to the others, as an artifact of CI is. */
async function plan(): Promise<PlanDocument> {
  const [first, ...others] = clones;
  const call = await lockstep(first, ['plan', '--matrix', '--save', 'plan']);
  expect(call.status, call.stderr).toBe(0);
  for (const clone of others) {
    await rm(join(clone.path, 'plan'), { recursive: true, force: true });
    await cp(join(first.path, 'plan'), join(clone.path, 'plan'), { recursive: true });
  }
  return loadPlan(join(first.path, 'plan'));
}

/** Does jobs one after another on one machine, each killed at a moment of its own. */
async function machine(
  clone: Project,
  jobs: readonly string[][],
  longest?: number,
): Promise<Call[]> {
  const calls: Call[] = [];
  for (const job of jobs) {
    const moment = longest && AbortSignal.timeout(Math.round(300 + Math.random() * longest));
    calls.push(await lockstep(clone, job, undefined, moment || undefined));
  }
  return calls;
}

async function expectStableIsProven(): Promise<void> {
  const repository = registry.repository('image');
  for (const { stable } of streams) {
    const found = await repository.resolve(stable[0] ?? '');
    if (!found) continue;
    const verdicts = [...(await readVerdicts(repository, found.digest)).values()];
    const passed = verdicts.filter(({ result }) => result === 'pass');
    expect(passed.map(({ gate }) => gate).sort()).toEqual(GATES);
  }
}

/** The records of one run, of every stream. */
async function recordsOfRun(run: string): Promise<RunRecord[]> {
  const found: RunRecord[] = [];
  for (const { name } of streams) {
    for await (const record of recordsOf(registry.repository('image'), name)) {
      if (record.id.startsWith(run)) found.push(record);
    }
  }
  return found;
}

beforeAll(async () => {
  if (whyNoRegistry()) return;
  server = await startDockerRegistry();
  const place = `${server.host}/me`;
  registry = openRegistry(place, { env: process.env, cwd: '/' });
  clones = [await aClone(place), await aClone(place), await aClone(place)];
});

afterAll(async () => {
  await Promise.all((clones ?? []).map((clone) => clone[Symbol.asyncDispose]()));
  await server?.[Symbol.asyncDispose]();
});

describe.skipIf(whyNoRegistry())('the jobs of one plan on three machines', () => {
  const runs: string[] = [];

  it('killed at random and all at the same time leave stable right, and one record of each stream', async () => {
    const [a, b, c] = clones;
    for (const longest of [8_000, 30_000, 60_000]) {
      const { run } = await plan();
      await Promise.all([
        machine(a, [BUILD, image('plain'), PROMOTE], longest),
        machine(b, [BUILD, image('net'), PROMOTE], longest),
        machine(c, [BUILD, image('plain net'), PROMOTE, REPORT], longest),
      ]);
      await expectStableIsProven();
      runs.push(run);
    }
  });

  it('are finished by the next run, which closes what died', async () => {
    const { run, idle } = await plan();
    runs.push(run);
    const [a, b, c] = clones;
    await machine(a, [BUILD]);
    await Promise.all([machine(b, [image('plain')]), machine(c, [image('net')])]);
    const [promoted] = await machine(a, [PROMOTE]);
    expect(promoted?.status, promoted?.stderr).toBe(0);
    const [report, again] = await machine(b, [REPORT, REPORT]);
    expect(report?.status, report?.stderr).toBe(0);
    expect(JSON.parse(again?.stdout ?? '')).toEqual(JSON.parse(report?.stdout ?? ''));

    await expectStableIsProven();
    const records = await recordsOfRun(run);
    expect(records.map(({ stream }) => stream).sort()).toEqual(
      streams
        .map(({ name }) => name)
        .filter((name) => !idle.includes(name))
        .sort(),
    );
    expect(records.every(({ outcome }) => outcome !== 'failed')).toBe(true);
    for (const name of ['image', 'kmods'])
      expect(await validateRepository(registry.repository(name), { content: false })).toEqual([]);
  });

  it('have one record of each stream, however often they died', async () => {
    for (const run of runs) {
      const names = (await recordsOfRun(run)).map(({ stream }) => stream);
      expect(new Set(names).size).toBe(names.length);
    }
    const status = await lockstep(clones[2], ['status', '--json']);
    expect(status.status, status.stdout).toBe(0);
    expect(JSON.parse(status.stdout)).toMatchObject({
      streams: streams.map(({ name }) => ({ stream: name, state: 'current' })),
    });
  });

  it('leave nothing to do', async () => {
    const { kmods, images, idle } = await plan();

    expect({ kmods, images }).toEqual({ kmods: { include: [] }, images: { include: [] } });
    expect(idle).toEqual(streams.map(({ name }) => name));
  });
});
