import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DebianInputs } from '../src/release/inputs/inputs.ts';
import { loadPlan, savePlan } from '../src/release/jobs/folder.ts';
import { digestOf } from '../src/system/digest.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';
import { aProject, lockstep, type Project, recordsIn, SMALL } from './project.ts';

/** What two checkouts share: nothing but the place that they publish to. */
let store: TemporaryFolder;
let planner: Project;
let worker: Project;

/** One stream that is all right, and one whose module nobody has. */
function streamsAt(place: string) {
  const { base, modules, gates } = SMALL;
  const stream = (name: string, own: object[]) => ({
    name,
    base,
    gates,
    modules: own,
    publish: { registry: `oci:${place}`, image: name, kmods: 'kmods' },
  });
  return [stream('good', modules), stream('bad', [{ name: 'nobody', dkms: 'nobody-has-dkms' }])];
}

async function aCheckout(): Promise<Project> {
  const none = Object.fromEntries(Object.keys(SMALL).map((key) => [key, undefined]));
  return aProject({ ...none, version: 1, streams: streamsAt(store.path) });
}

interface Matrix {
  run: string;
  kmods: { include: { stream: string; kernel: string }[] };
  images: { include: { stream: string }[] };
  stopped: { stream: string; gate: string; finding: { message: string } }[];
}

/** Plans in one checkout and hands the plan on to the other. */
async function planned(dispatch = '{}'): Promise<Matrix> {
  process.env.JOBS_DISPATCH = dispatch;
  const args = ['plan', '--matrix', '--save', 'plan', '--dispatch', 'env:JOBS_DISPATCH', '--json'];
  const call = await lockstep(planner, args);
  expect(call.status, call.stderr).toBe(0);
  await cp(join(planner.path, 'plan'), join(worker.path, 'plan'), { recursive: true });
  return JSON.parse(call.stdout) as Matrix;
}

beforeAll(async () => {
  store = await temporaryFolder();
  planner = await aCheckout();
  worker = await aCheckout();
});

afterAll(async () => {
  await planner[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  delete process.env.JOBS_DISPATCH;
});

describe('lockstep plan --matrix', () => {
  it('goes on without a stream that cannot be planned, and says why', async () => {
    const { kmods, images, stopped } = await planned();

    expect(kmods.include).toMatchObject([{ stream: 'good' }]);
    expect(images.include).toMatchObject([{ stream: 'good' }]);
    expect(stopped).toMatchObject([
      {
        stream: 'bad',
        gate: 'resolve',
        finding: { message: expect.stringContaining('nobody-has') },
      },
    ]);
  });

  it('has failed when no stream goes on, and saves what there is all the same', async () => {
    const args = ['plan', '--matrix', '--stream', 'bad', '--save', 'alone', '--json'];
    const call = await lockstep(planner, args);

    expect(call.status).toBe(2);
    expect(JSON.parse(call.stdout)).toMatchObject({ stopped: [{ stream: 'bad' }], idle: [] });
    expect((await loadPlan(join(planner.path, 'alone'))).streams).toHaveLength(1);
  });
});

describe('lockstep run --planned', () => {
  it('ends with 3 when upstream has deleted what was planned, and the next run says so', async () => {
    const { run } = await planned();
    await forget(worker);

    const call = await lockstep(worker, ['run', '--planned', 'plan', '--only', 'build', '--json']);

    expect(call.status, call.stderr).toBe(3);
    expect(recordsIn(call)).toMatchObject([
      { stream: 'good', failure: { step: 'build', code: 'archive' } },
    ]);
    const report = await lockstep(worker, ['report', '--planned', 'plan', '--json']);
    expect(report.status).toBe(1);
    const [good, bad] = recordsIn(report);
    expect(good).toMatchObject({ outcome: 'failed', failure: { step: 'build', code: 'archive' } });
    expect(bad).toMatchObject({ outcome: 'failed', failure: { step: 'resolve' } });
    expect([good?.id, bad?.id].every((id) => id?.startsWith(run))).toBe(true);
    const status = await lockstep(planner, ['status', '--json', '--stream', 'good']);
    expect(JSON.parse(status.stdout)).toMatchObject({
      streams: [{ state: 'never-promoted', lag: { held: { step: 'build' } } }],
    });
  });

  it('uses nothing but what was planned', async () => {
    await planned();
    await worker.configure({
      streams: streamsAt(store.path).map((one) => ({ ...one, image: { enable: ['x.service'] } })),
    });
    const other = await lockstep(worker, ['run', '--planned', 'plan', '--only', 'build']);
    await worker.configure();
    const file = join(worker.path, 'plan/inputs/good.json');
    await writeFile(file, `${await readFile(file, 'utf8')} `);
    const edited = await lockstep(worker, ['run', '--planned', 'plan', '--only', 'build']);

    expect([other.status, other.stderr]).toEqual([
      2,
      expect.stringContaining('another configuration'),
    ]);
    expect([edited.status, edited.stderr]).toEqual([
      3,
      expect.stringContaining('not what was planned'),
    ]);
  });
});

describe('lockstep promote --planned', () => {
  it('moves nothing when the run was asked to stop at the candidate', async () => {
    const { images } = await planned('{"promote_to_stable":false,"streams":"good"}');
    const call = await lockstep(worker, ['promote', '--planned', 'plan']);

    expect(images.include).toMatchObject([
      { stream: 'good', steps: expect.not.arrayContaining(['promote']) },
    ]);
    expect([call.status, call.stderr]).toEqual([0, expect.stringContaining('nothing to promote')]);
  });

  it('moves nothing that no job has made, and ends with 1', async () => {
    await planned('{"streams":"good"}');
    const call = await lockstep(worker, ['promote', '--planned', 'plan']);

    expect(call.status, call.stderr).toBe(1);
    expect(call.stderr).toContain('it is another job that builds it');
  });
});

/** Makes a planned build need one package that the archive does not have any more. */
async function forget({ path }: Project): Promise<void> {
  const folder = join(path, 'plan');
  const file = join(folder, 'inputs/good.json');
  const inputs = JSON.parse(await readFile(file, 'utf8')) as DebianInputs;
  const [gone] = inputs.builder.packages.packages;
  if (!gone) throw new Error('the builder has no packages');
  const sha256 = digestOf('gone').slice('sha256:'.length);
  const version = '0.0-gone1';
  const filename = `pool/main/g/gone/${gone.name}_${version}_all.deb`;
  inputs.builder.packages.packages = [{ ...gone, version, sha256, filename }];
  const text = JSON.stringify(inputs);
  await writeFile(file, text);
  const plan = await loadPlan(folder);
  const streams = plan.streams.map((one) =>
    one.name === 'good' ? { ...one, inputs: digestOf(text) } : one,
  );
  await savePlan(folder, { ...plan, streams });
}
