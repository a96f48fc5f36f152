import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectNothingLost } from './nothing-lost.ts';
import { aProject, lockstep, type Project } from './project.ts';

let project: Project;

beforeAll(async () => {
  project = await aProject();
  const call = await lockstep(project, ['run']);
  expect(call.status, call.stderr).toBe(0);
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

describe('lockstep run, killed', () => {
  it('at random moments loses nothing, and the next run finishes', async () => {
    await project.configure({ image: { enable: ['systemd-networkd.service'] } });
    for (let round = 0; round < 5; round++) {
      const moment = AbortSignal.timeout(Math.round(500 + Math.random() * 9000));
      await lockstep(project, ['run'], undefined, moment);
      await expectNothingLost(project);
    }

    const call = await lockstep(project, ['run', '--json']);
    expect(call.status, call.stderr).toBe(0);
    await expectNothingLost(project);
  });
});
