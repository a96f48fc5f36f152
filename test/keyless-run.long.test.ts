import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { whyNoRegistry } from '../src/oci/testing/docker-registry.ts';
import type { RunRecord } from '../src/release/record/run-record.ts';
import {
  JOB,
  jobToken,
  type KeylessLab,
  openKeylessLab,
} from '../src/trust/testing/keyless-lab.ts';
import { aProject, lockstep, type Project, recordIn, SMALL } from './project.ts';

const STRANGER = `${JOB.identity}x`;

let lab: KeylessLab;
let project: Project;
let first: RunRecord;

async function runIt(): Promise<RunRecord> {
  vi.stubEnv('JOB_TOKEN', jobToken());
  const call = await lockstep(project, ['run', '--json']);
  expect(call.status, call.stderr).toBe(0);
  return recordIn(call);
}

const json = async (...args: string[]) =>
  JSON.parse((await lockstep(project, [...args, '--json'])).stdout) as unknown;

describe.skipIf(whyNoRegistry())('a stream that is built, booted and signed by its job', () => {
  beforeAll(async () => {
    lab = await openKeylessLab();
    const keyless = { token: 'env:JOB_TOKEN', ...lab.sigstore.services, ...JOB };
    project = await aProject({
      publish: { ...SMALL.publish, registry: `${lab.server.host}/me` },
      trust: { keyless: { ...keyless, root: 'root.json' } },
    });
    await project.write('root.json', await readFile(join(lab.folder, 'root.json'), 'utf8'));
    first = await runIt();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await project[Symbol.asyncDispose]();
    await lab[Symbol.asyncDispose]();
  });

  it('goes from nothing to promoted, and both cosigns accept image and kmods', async () => {
    expect(first.outcome).toBe('promoted');
    const digests = {
      'debian-acpi': first.candidate?.digest,
      'kmods-acpi': first.kmods?.[0]?.digest,
    };

    for (const [name, digest] of Object.entries(digests)) {
      const image = `me/${name}@${digest}`;
      expect(await lab.acceptedFor(image)).toEqual(['cosign2', 'cosign3', 'provenance']);
      expect(await lab.acceptedFor(image, { ...JOB, identity: STRANGER })).toEqual([]);
    }
  });

  it('is told as signed, with an honest history', async () => {
    expect(await json('status')).toMatchObject({ streams: [{ signature: 'signed' }] });
    const history = await lockstep(project, ['trust', 'history', '--json']);
    expect(history.status, history.stdout).toBe(0);
    const honest = { findings: [], links: [{ kind: 'promotion', sequence: 1, signed: true }] };
    expect(JSON.parse(history.stdout)).toMatchObject({
      streams: [{ tags: [honest, honest, honest] }],
    });
  });

  it('has nothing to do the second time', async () => {
    expect(await runIt()).toMatchObject({ outcome: 'unchanged', candidate: first.candidate });
  });

  it('is not promoted by a job of another name', async () => {
    await project.configure({ image: { enable: ['systemd-networkd.service'] } });
    vi.stubEnv('JOB_TOKEN', jobToken(STRANGER));

    const call = await lockstep(project, ['run', '--json']);

    expect(call.status).not.toBe(0);
    expect(await json('status')).toMatchObject({
      streams: [{ stableDigest: first.candidate?.digest }],
    });
  });
});
