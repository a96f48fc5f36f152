import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type RegistryServer,
  startDockerRegistry,
  whyNoRegistry,
} from '../src/oci/testing/docker-registry.ts';
import type { RunRecord } from '../src/release/record/run-record.ts';
import {
  acceptedForIdentity,
  type Clients,
  findClients,
  writeTrusted,
} from '../src/trust/testing/clients.ts';
import { aToken, type Sigstore, startSigstore } from '../src/trust/testing/sigstore.ts';
import { aProject, lockstep, type Project, recordIn, SMALL } from './project.ts';

const identity = 'https://ci.example.org/zfs/.github/workflows/build.yml@refs/heads/main';
const issuer = 'https://token.example.org';

let server: RegistryServer;
let sigstore: Sigstore;
let clients: Clients;
let project: Project;
let first: RunRecord;

async function runIt(sub = identity): Promise<RunRecord> {
  vi.stubEnv('JOB_TOKEN', aToken({ sub, iss: issuer }));
  const call = await lockstep(project, ['run', '--json']);
  expect(call.status, call.stderr).toBe(0);
  return recordIn(call);
}

/** What says yes to the image of a record, or to its kmods. */
function acceptedFor(name: string, digest: string | undefined, who = identity) {
  const image = `${server.host}/me/${name}@${digest}`;
  return acceptedForIdentity(clients, image, { identity: who, issuer, folder: server.folder });
}

const json = async (...args: string[]) =>
  JSON.parse((await lockstep(project, [...args, '--json'])).stdout) as unknown;

describe.skipIf(whyNoRegistry())('a stream that is built, booted and signed by its job', () => {
  beforeAll(async () => {
    [server, sigstore] = await Promise.all([startDockerRegistry(), startSigstore()]);
    const found = await findClients(server.folder);
    if ('why' in found) throw new Error(found.why);
    clients = found;
    await writeTrusted(server.folder, sigstore);
    const keyless = { token: 'env:JOB_TOKEN', ...sigstore.services, identity, issuer };
    project = await aProject({
      publish: { ...SMALL.publish, registry: `${server.host}/me` },
      trust: { keyless: { ...keyless, root: 'root.json' } },
    });
    await project.write('root.json', await readFile(join(server.folder, 'root.json'), 'utf8'));
    first = await runIt();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await project[Symbol.asyncDispose]();
    await sigstore[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('goes from nothing to promoted, and both cosigns accept image and kmods', async () => {
    expect(first.outcome).toBe('promoted');
    const digests = {
      'debian-acpi': first.candidate?.digest,
      'kmods-acpi': first.kmods?.[0]?.digest,
    };

    for (const [name, digest] of Object.entries(digests)) {
      expect(await acceptedFor(name, digest)).toEqual(['cosign2', 'cosign3', 'provenance']);
      expect(await acceptedFor(name, digest, `${identity}x`)).toEqual([]);
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
    vi.stubEnv('JOB_TOKEN', aToken({ sub: `${identity}x`, iss: issuer }));

    const call = await lockstep(project, ['run', '--json']);

    expect(call.status).not.toBe(0);
    expect(await json('status')).toMatchObject({
      streams: [{ stableDigest: first.candidate?.digest }],
    });
  });
});
