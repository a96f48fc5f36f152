import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connection } from '../src/flist/testing/flist.ts';
import { verifyFlist } from '../src/flist/verify.ts';
import { openLayout } from '../src/oci/layout/layout.ts';
import { readFlist } from '../src/release/flists/artifact.ts';
import type { RunRecord } from '../src/release/record/run-record.ts';
import { digestOf } from '../src/system/digest.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { aProject, lockstep, type Project, recordIn } from './project.ts';

/** Flists as members of the promotion of a real stream: each part looks at what the one before left. */
let project: Project;
let store: Awaited<ReturnType<typeof temporaryFolder>>;
let kernel: string;

const images = () => openLayout(join(project.path, 'store/debian-acpi'));
const flists = () => openLayout(join(project.path, 'store/debian-acpi-flists'));
const digest = async () => (await flists().resolve(`modules-${kernel}-latest`))?.digest;
const stable = async () => (await images().resolve('latest'))?.digest;
const latest = () => join(store.path, `manifests/modules-${kernel}-latest.fl`);
const call = (...args: string[]) => lockstep(project, args);
const steps = (record: RunRecord) =>
  Object.fromEntries(record.steps.map(({ step, state }) => [step, state]));

beforeAll(async () => {
  store = await temporaryFolder();
  project = await aProject({
    flists: { store: `dir://${store.path}`, manifests: 'manifests' },
    image: { overlay: 'overlay' },
  });
  await project.write('overlay/etc/motd', 'one\n');
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
});

describe('flists of a stream', () => {
  it('move with the image, and are where machines fetch them', async () => {
    const ran = await call('run', '--json');

    expect(ran.status, ran.stderr).toBe(0);
    const record = recordIn(ran);
    kernel = record.upstream?.kernel ?? '';
    expect(steps(record)).toMatchObject({ flists: 'done', promote: 'done' });
    const moved = `debian-acpi-flists:modules-${kernel}-latest`;
    expect(record.promotion?.moved[moved]).toBe(await digest());
    const { bytes } = await readFlist(flists(), `modules-${kernel}-latest`);
    expect(readFileSync(latest()).equals(bytes)).toBe(true);
    expect(await verifyFlist(latest(), connection)).toMatchObject({ verdict: 'pass' });
    const told: unknown = JSON.parse((await call('status', '--json')).stdout);
    const modules = { tag: `modules-${kernel}-latest`, kernel, digest: digestOf(bytes) };
    expect(told).toMatchObject({
      streams: [{ flists: [{ ...modules, routes: [`00-ff=dir://${store.path}`] }] }],
    });
    expect((await call('status')).stdout).toContain(`${modules.tag} ${modules.digest}, blocks at`);
  });

  it('are left when nothing changed, and put back where machines miss them', async () => {
    expect(recordIn(await call('run', '--json')).outcome).toBe('unchanged');
    rmSync(latest());
    rmSync(`${latest()}.sha256`);

    const again = recordIn(await call('run', '--json'));

    expect(steps(again)).toMatchObject({ flists: 'reused', promote: 'done' });
    expect(existsSync(latest())).toBe(true);
  });

  it('hold everything when a block cannot be read back, and go back with a rollback', async () => {
    const before = [await stable(), await digest()];
    await project.write('overlay/etc/motd', 'two\n');
    const [shard = ''] = (await readdir(store.path)).filter((name) => /^[0-9a-f]{2}$/.test(name));
    const [block = ''] = await readdir(join(store.path, shard));
    const bytes = readFileSync(join(store.path, shard, block));
    writeFileSync(join(store.path, shard, block), Buffer.alloc(bytes.length));

    const held = await call('run', '--json');

    expect(held.status).toBe(1);
    expect(held.stdout).toContain('block-damaged');
    expect([await stable(), await digest()]).toEqual(before);
    writeFileSync(join(store.path, shard, block), bytes);
    expect(recordIn(await call('run', '--json')).outcome).toBe('promoted');
    expect((await call('rollback')).status).toBe(0);
    expect([await stable(), await digest()]).toEqual(before);
    expect(readFileSync(latest())).toEqual(
      Buffer.from((await readFlist(flists(), `modules-${kernel}-latest`)).bytes),
    );
  });
});
