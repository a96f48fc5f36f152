import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../src/oci/open/open.ts';
import type { Registry } from '../src/oci/repository.ts';
import {
  type RegistryServer,
  startDockerRegistry,
  whyNoRegistry,
} from '../src/oci/testing/docker-registry.ts';
import type { RpmInputs } from '../src/release/inputs/inputs.ts';
import type { PlanDocument } from '../src/release/jobs/document.ts';
import { loadInputs, loadPlan } from '../src/release/jobs/folder.ts';
import { parseLock } from '../src/release/lock/document.ts';
import type { RunRecord } from '../src/release/record/run-record.ts';
import { DEFAULT_CACHE } from '../testbed/cache.ts';
import { makeTestbed } from '../testbed/testbed.ts';
import { aProject, lockstep, type Project, recordsIn } from './project.ts';

let server: RegistryServer;
let images: Registry;
let project: Project;

/** Makes the base, as its distribution would; the moving tag then points to it. */
const release = (build: number) =>
  makeTestbed({
    cache: DEFAULT_CACHE,
    env: process.env,
    images,
    kernels: [0],
    offered: [0],
    build,
  });

/** Plans, as somebody asked for by hand. */
async function planned(dispatch: object): Promise<PlanDocument> {
  process.env.JOBS_DISPATCH = JSON.stringify(dispatch);
  const args = ['plan', '--matrix', '--save', 'plan', '--dispatch', 'env:JOBS_DISPATCH'];
  const call = await lockstep(project, args);
  expect(call.status, call.stderr).toBe(0);
  return loadPlan(join(project.path, 'plan'));
}

/** The jobs of the plan, as the generated files call them; the record that is left of them. */
async function carriedOut(): Promise<RunRecord | undefined> {
  const run = ['run', '--planned', 'plan'];
  for (const job of [
    [...run, '--only', 'build'],
    [...run, '--no-build', '--no-promote', '--stream', 'testbed'],
    ['promote', '--planned', 'plan', '--stream', 'testbed'],
  ]) {
    const call = await lockstep(project, job);
    expect(call.status, call.stderr).toBe(0);
  }
  const report = await lockstep(project, ['report', '--planned', 'plan', '--json']);
  expect(report.status, report.stderr).toBe(0);
  return recordsIn(report)[0];
}

async function inputsOf(plan: PlanDocument): Promise<RpmInputs> {
  const digest = plan.streams[0]?.inputs;
  if (!digest) throw new Error('nothing was resolved');
  return (await loadInputs(join(project.path, 'plan'), 'testbed', digest)) as RpmInputs;
}

beforeAll(async () => {
  if (whyNoRegistry()) return;
  server = await startDockerRegistry();
  const place = `${server.host}/me`;
  images = openRegistry(place, { env: process.env, cwd: '/' });
  await release(0);
  project = await aProject({
    name: 'testbed',
    base: { image: `${place}/base:latest` },
    builder: { image: `${place}/builder:{os_version}` },
    modules: [{ name: 'acpi_call', dkms: 'acpi-call-dkms', suite: 'bookworm' }],
    publish: { registry: place, image: 'testbed', kmods: 'kmods-testbed' },
  });
});

afterAll(async () => {
  delete process.env.JOBS_DISPATCH;
  await project?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

describe.skipIf(whyNoRegistry())('the jobs of a plan on an image of the Fedora family', () => {
  let first: RunRecord | undefined;

  it('build, compose, prove and promote what was planned, in one record', async () => {
    const plan = await planned({});
    first = await carriedOut();

    expect(plan.kmods.include).toMatchObject([{ stream: 'testbed', for: ['testbed'] }]);
    expect(first).toMatchObject({
      outcome: 'promoted',
      jobs: [{}, { job: 'image' }, { job: 'promote' }],
    });
    expect((await images.repository('testbed').resolve('latest'))?.digest).toBe(
      first?.candidate?.digest,
    );
  });

  it('build in the image that somebody names by its digest, and nowhere else', async () => {
    const builder = await images.repository('builder').resolve('41');
    const named = `${server.host}/me/builder@${builder?.digest}`;
    const plan = await planned({ build_container_image: named, force_rebuild: true });
    const record = await carriedOut();

    expect(plan.request).toMatchObject({ builder: named, force: true });
    expect((await inputsOf(plan)).builder).toMatchObject({ digest: builder?.digest });
    expect(record?.steps.filter(({ step }) => step === 'build')).toMatchObject([{ state: 'done' }]);
  });

  it('use the lock file that is named, wherever upstream has gone since', async () => {
    const sync = await lockstep(project, ['lock', 'sync', first?.id ?? '']);
    expect(sync.status, sync.stderr).toBe(0);
    await mkdir(join(project.path, 'locks'));
    const lock = join(project.path, 'locks/known-good.json');
    await copyFile(join(project.path, 'lockstep.lock.json'), lock);
    await release(1);

    const moved = await inputsOf(await planned({ promote_to_stable: false }));
    const dispatch = { use_input_lock: true, lock_file: 'locks/known-good.json' };
    const locked = await inputsOf(await planned(dispatch));

    expect(parseLock(await readFile(lock, 'utf8'), lock).get('testbed')).toEqual(locked);
    expect(moved.base.digest).not.toBe(locked.base.digest);
    expect(await carriedOut()).toMatchObject({ replay: true, upstream: first?.upstream });
  });
});
