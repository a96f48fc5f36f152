import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRoute } from '../../flist/store/route.ts';
import { connection } from '../../flist/testing/flist.ts';
import { verifyFlist } from '../../flist/verify.ts';
import { fetchKernel, type RealKernel } from '../../gate/abi/testing/real-kernel.ts';
import { readArtifact } from '../../oci/artifact.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { runOk } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { FLIST_ANNOTATION, readFlist } from '../flists/artifact.ts';
import { kernelIn } from '../flists/check.ts';
import { handOutFollowed } from '../flists/followed.ts';
import { firmwareFor } from '../flists/make.ts';
import { folderSource } from '../flists/source.ts';
import { afterRecovery } from './promote.ts';
import { type PublishOptions, publishFlists } from './publish-flists.ts';
import { planRollback } from './rollback.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');

let work: TemporaryFolder;
let kernel: RealKernel;
const registry = memoryRegistry();
const { privateKey, publicKey } = generateKeyPairSync('ed25519');

beforeAll(async () => {
  work = await temporaryFolder();
  kernel = await fetchKernel(work.path, 'linux-image-cloud-amd64');
  mkdirSync(join(kernel.root, 'lib/firmware'));
  writeFileSync(join(kernel.root, 'lib/firmware/regulatory.db'), 'a database of rules');
  await depmod();
}, 300_000);

afterAll(() => work[Symbol.asyncDispose]());

const depmod = () => runOk('depmod', ['-b', kernel.root, kernel.release]);
const day = (at: number) => () => new Date(Date.UTC(2026, 10, at));
const moduleAt = (path: string) => join(kernel.modulesDir, 'kernel', path);

/** Publishes what the folder holds now, as it was promoted on a day of November. */
async function publish(at: number, build = {}) {
  const source = folderSource(kernel.root);
  const firmware = await firmwareFor(source, undefined);
  const options = optionsOf(at);
  mkdirSync(options.folder, { recursive: true });
  const request = { source, kernels: [await kernelIn(source.tree)], build };
  return publishFlists(
    { ...request, ...(firmware && { firmware: { ...firmware, tag: '20261126' } }) },
    options,
  );
}

function optionsOf(at: number): PublishOptions {
  const store = `dir://${join(work.path, 'store')}`;
  return {
    ...connection,
    registry,
    repository: 'flists',
    places: {
      stores: [parseRoute(store)],
      routes: [parseRoute(store)],
      manifests: { store, folder: 'manifests' },
    },
    folder: join(work.path, `out-${at}`),
    project: work.path,
    id: `202611${String(at).padStart(2, '0')}t000000z-0000`,
    now: day(at),
    key: privateKey,
  };
}

const digestOfTag = async (tag: string) =>
  (await registry.repository('flists').resolve(tag))?.digest;
const manifests = () => join(work.path, 'store/manifests');

describe('publishFlists', () => {
  it('packs, proves and hands out, and has nothing to do when called again', async () => {
    const modules = `modules-${kernel.release}`;

    const first = await publish(1);

    expect(first.promotion.moves.map(({ tag }) => tag)).toEqual([
      'firmware-latest',
      `${modules}-latest`,
    ]);
    expect(first.written).toEqual([
      'firmware-20261126.fl',
      `${modules}.fl`,
      'firmware-latest.fl',
      `${modules}-latest.fl`,
    ]);
    const again = await publish(2);
    expect(again.promotion.moves).toEqual([]);
    expect(again.written).toEqual([]);
    expect(again.flists.every(({ stored }) => stored === 0)).toBe(true);
  }, 300_000);

  it('counts firmware that modules name and nobody has', async () => {
    const { flists } = await publish(3);

    const found = flists.flatMap(({ gates }) => gates.get('abi') ?? []);
    expect(found).toContainEqual(expect.objectContaining({ rule: 'firmware', severity: 'info' }));
  }, 120_000);

  it('stores an artifact whose file is the one that machines get, with checksum and signature', async () => {
    const tag = `modules-${kernel.release}-latest`;
    const { bytes, descriptor } = await readFlist(registry.repository('flists'), tag);
    const run = (program: string, ...args: string[]) =>
      execFileSync(program, args, { cwd: manifests() }).toString();
    writeFileSync(join(manifests(), 'open.pem'), publicKey.export({ type: 'spki', format: 'pem' }));

    expect(readFileSync(join(manifests(), `${tag}.fl`)).equals(bytes)).toBe(true);
    const said = (await readArtifact(registry.repository('flists'), descriptor)).annotations;
    expect(said).toMatchObject({
      [FLIST_ANNOTATION.kernel]: kernel.release,
      [FLIST_ANNOTATION.routes]: expect.stringContaining('00-ff=dir://'),
    });
    expect(run('sha256sum', '-c', `${tag}.fl.sha256`)).toContain('OK');
    const files = ['-in', `${tag}.fl`, '-sigfile', `${tag}.fl.sig`];
    expect(
      run('openssl', 'pkeyutl', '-verify', '-pubin', '-inkey', 'open.pem', '-rawin', ...files),
    ).toContain('Success');
    expect(await verifyFlist(join(manifests(), `${tag}.fl`), connection)).toMatchObject({
      verdict: 'pass',
    });
  }, 60_000);

  it('goes back with a rollback, in the registry and in the store', async () => {
    const tag = `modules-${kernel.release}-latest`;
    const before = await digestOfTag(tag);
    rmSync(moduleAt('drivers/net/dummy.ko'), { force: true });
    rmSync(moduleAt('drivers/net/dummy.ko.xz'), { force: true });
    await depmod();
    await publish(4);
    expect(await digestOfTag(tag)).not.toBe(before);

    const audit = (await registry.repository('flists').tags()).find(
      (name) => name.includes('20261101') && before && name.endsWith(before.slice(7, 14)),
    );
    const plan = () =>
      planRollback(
        registry,
        { id: 'back', repository: 'flists', stable: [tag], ...(audit && { audit }) },
        day(5)(),
      );
    await afterRecovery(['flists'], plan, { registry, mayPromote: async () => [], now: day(5) });
    const written = await handOutFollowed(registry.repository('flists'), optionsOf(5));

    expect(await digestOfTag(tag)).toBe(before);
    expect(written).toContain(`${tag}.fl`);
  }, 300_000);

  it('hands nothing out when indexes do not cover the modules, or the release is another', async () => {
    const tag = `modules-${kernel.release}-latest`;
    const before = await digestOfTag(tag);
    const config = { file: '.config', text: 'CONFIG_LOCALVERSION="-other"\n' };
    await expect(publish(6, { config })).rejects.toThrow(/kernel-release/);
    rmSync(join(kernel.modulesDir, 'modules.dep.bin'));
    await expect(publish(7)).rejects.toThrow(/modules-index/);
    await depmod();

    expect(await digestOfTag(tag)).toBe(before);
  }, 300_000);

  it('is a command: a folder, lockstep.yaml and a registry on disk are enough', async () => {
    const store = join(work.path, 'cli-store');
    writeFileSync(
      join(work.path, 'lockstep.yaml'),
      `version: 1
name: zero-os
base: { debian: { suite: bookworm, kernel: linux-image-cloud-amd64 } }
modules: [{ name: zfs, debian: zfs-linux }]
publish: { registry: oci:./registry, image: zero-os, kmods: zero-os-kmods }
flists: { store: "dir://${store}", manifests: manifests, firmware: false, sign: env:FLIST_KEY }
`,
    );
    const FLIST_KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const args = ['flist', 'publish', kernel.root, '-C', work.path, '--json'];

    const { stdout, stderr } = await runOk(LOCKSTEP, args, { env: { ...process.env, FLIST_KEY } });

    const tag = `modules-${kernel.release}-latest`;
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      flists: [{ manifest: `dist/flists/modules-${kernel.release}.fl`, kernel: kernel.release }],
      moved: { [`zero-os-flists:${tag}`]: expect.stringMatching(/^sha256:/) },
      written: [`modules-${kernel.release}.fl`, `${tag}.fl`],
    });
    expect(`${stdout}${stderr}`).not.toContain('PRIVATE');
    const mounted = join(work.path, 'mounted');
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
    writeFileSync(join(work.path, 'other.pem'), other);
    const mount = [
      'flist',
      'mount',
      '-m',
      join(store, `manifests/${tag}.fl`),
      '--key',
      join(work.path, 'other.pem'),
      mounted,
    ];
    await expect(runOk(LOCKSTEP, mount)).rejects.toThrow(/manifest-signature/);
  }, 120_000);
});
