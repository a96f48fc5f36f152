import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLayout } from '../src/oci/layout/layout.ts';
import { expectNothingLost } from './nothing-lost.ts';
import { aProject, lockstep, type Project, recordIn } from './project.ts';

let project: Project;

beforeAll(async () => {
  project = await aProject();
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

/** Kills a run when it prints this; false when the run ended before that. */
async function killAt(pattern: RegExp): Promise<boolean> {
  const call = await lockstep(project, ['run'], (line) => pattern.test(line));
  return call.signal === 'SIGKILL';
}

describe('lockstep run, killed', () => {
  it.each([
    /start {2}resolve/,
    /done {3}resolve/,
    /done {3}inputs/,
    /start {2}build/,
    /done {3}build/,
    /start {2}compose/,
    /done {3}compose/,
    /done {3}package/,
    /done {3}contents/,
    /done {3}abi/,
    /start {2}boot/,
    /done {3}boot/,
    /start {2}promote/,
    /kmods-acpi:\S+ is sha256/,
  ])('at %s loses nothing', async (pattern) => {
    expect(await killAt(pattern)).toBe(true);

    await expectNothingLost(project);
  });

  it('stops at Ctrl-C in a build, and says that the next run goes on', async () => {
    const call = await lockstep(project, ['run', '--force'], (line) =>
      /start {2}build/.test(line) ? 'SIGINT' : false,
    );

    expect(call.status).toBe(130);
    expect(call.stderr).toMatch(
      /SIGINT: stopping[^]*interrupted by SIGINT\nhint: the next run goes on/,
    );
    await expectNothingLost(project);
  });

  it('is finished by the next run, after which there is nothing to do', async () => {
    const call = await lockstep(project, ['run', '--json']);
    expect(call.status, call.stderr).toBe(0);
    await expectNothingLost(project);

    const again = await lockstep(project, ['run', '--json']);
    expect(recordIn(again).outcome).toBe('unchanged');
    const stable = await openLayout(join(project.path, 'store/debian-acpi')).resolve('latest');
    expect(stable?.digest).toBe(recordIn(again).candidate?.digest);
  });
});

describe('two runs at once', () => {
  it('one waits when it is told to, else it leaves; no tag is lost', async () => {
    await project.configure({ image: { enable: ['systemd-pstore.service'] } });
    const [patient, ...hasty] = await Promise.all([
      lockstep(project, ['run', '--json', '--wait', '300']),
      lockstep(project, ['run']),
      lockstep(project, ['run']),
    ]);

    expect(patient.status, patient.stderr).toBe(0);
    for (const left of hasty.filter(({ status }) => status !== 0)) {
      expect(left.status).toBe(2);
      expect(left.stderr).toMatch(/held by lockstep run/);
    }
    await expectNothingLost(project);
  });
});

describe('lockstep rollback and promote', () => {
  const latest = async () =>
    (await openLayout(join(project.path, 'store/debian-acpi')).resolve('latest'))?.digest;

  it('go back to the promotion before, where runs leave it, and forward again', async () => {
    const newest = await latest();

    expect((await lockstep(project, ['rollback'])).status).toBe(0);
    const before = await latest();
    expect(before).not.toBe(newest);

    const run = await lockstep(project, ['run', '--json']);
    expect(recordIn(run).steps.at(-1)?.message).toMatch(/rolled back/);
    expect(await latest()).toBe(before);

    expect((await lockstep(project, ['promote', newest ?? ''])).status).toBe(0);
    expect(await latest()).toBe(newest);
    await expectNothingLost(project);
  });
});
