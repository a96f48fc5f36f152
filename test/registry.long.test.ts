import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../src/oci/open/open.ts';
import {
  type RegistryServer,
  startDockerRegistry,
  whyNoRegistry,
} from '../src/oci/testing/docker-registry.ts';
import { validateRepository } from '../src/oci/validate.ts';
import type { RunRecord } from '../src/release/record/run-record.ts';
import { aProject, lockstep, type Project, recordIn, SMALL } from './project.ts';

/** What may hold a path: documents, not layers. */
const DOCUMENT_SIZE = 4 << 20;

let server: RegistryServer;
let project: Project;
let first: RunRecord;
let second: RunRecord;

const publish = () => ({ ...SMALL.publish, registry: `${server.host}/me` });
const repository = (name: string) =>
  openRegistry(publish().registry, { env: {}, cwd: '/' }).repository(name);
const stable = async () => (await repository('debian-acpi').resolve('latest'))?.digest;

async function runIt(): Promise<RunRecord> {
  const call = await lockstep(project, ['run', '--json']);
  expect(call.status, call.stderr).toBe(0);
  return recordIn(call);
}

/** Documents that the server keeps, by the path of their blob. */
async function* documents(): AsyncGenerator<[path: string, text: string]> {
  const store = join(server.folder, 'store');
  for (const path of await readdir(store, { recursive: true })) {
    const blob = join(store, path);
    if (!path.endsWith('/data') || (await stat(blob)).size > DOCUMENT_SIZE) continue;
    yield [path, await readFile(blob, 'latin1')];
  }
}

describe.skipIf(whyNoRegistry())('a stream on a registry that speaks plain HTTP', () => {
  beforeAll(async () => {
    server = await startDockerRegistry();
    project = await aProject({ publish: publish() });
    first = await runIt();
  });
  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('goes from nothing to promoted', async () => {
    expect(first.outcome).toBe('promoted');
    expect(await stable()).toBe(first.candidate?.digest);
    for (const name of ['debian-acpi', 'kmods-acpi']) {
      expect(await validateRepository(repository(name))).toEqual([]);
    }
  });

  it('has nothing to do the second time', async () => {
    const again = await runIt();

    expect(again).toMatchObject({ outcome: 'unchanged', candidate: first.candidate });
    expect(again.steps.filter(({ state }) => state === 'done')).toMatchObject([
      { step: 'resolve' },
    ]);
  });

  it('is promoted again when the configuration changes, with the kmods that are there', async () => {
    await project.configure({ image: { enable: ['systemd-networkd.service'] } });

    second = await runIt();

    expect(second).toMatchObject({ outcome: 'promoted', kmods: first.kmods });
    expect(second.steps).toContainEqual(
      expect.objectContaining({ step: 'build', state: 'reused' }),
    );
    expect(second.candidate?.digest).not.toBe(first.candidate?.digest);
    expect(await stable()).toBe(second.candidate?.digest);
  });

  it('goes back to what was stable before', async () => {
    const back = await lockstep(project, ['rollback']);

    expect(back.status, back.stderr).toBe(0);
    expect(await stable()).toBe(first.candidate?.digest);
    const status = await lockstep(project, ['status', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({
      streams: [{ state: 'rolled-back', stableDigest: first.candidate?.digest }],
    });
  });

  it('keeps no path of the machine that ran, of a run that failed neither', async () => {
    await project.write('scenarios/load.sh', '#lockstep version 99\n');
    const call = await lockstep(project, ['run', '--json']);
    expect(call.status, call.stderr).toBe(2);
    expect(call.stderr).toContain(project.path);
    expect(recordIn(call).failure?.message).toContain('scenarios/load.sh');

    const read: string[] = [];
    for await (const [path, text] of documents()) {
      read.push(path);
      expect(text.includes(project.path) ? text.slice(0, 4000) : '', path).toBe('');
    }

    expect(read.length).toBeGreaterThan(20);
  });
});
