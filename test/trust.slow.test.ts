import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../src/config/load.ts';
import type { Descriptor } from '../src/oci/descriptor.ts';
import { openRegistry } from '../src/oci/open/open.ts';
import { gzipLayer, putLayers } from '../src/oci/testing/layers.ts';
import { openTrust, type Trust } from '../src/release/context/trust.ts';
import { gateTerms } from '../src/release/gates/terms.ts';
import { recordVerdict } from '../src/release/record/verdicts.ts';
import { digestOf } from '../src/system/digest.ts';
import { hostFiles } from '../src/trust/hosts/host-files.ts';
import { aProject, lockstep, type Project, SMALL } from './project.ts';
import { plantKey, searchSecrets } from './secrets.ts';

const TIME = '2026-11-20T00:00:00Z';
const NAME = 'registry.example.org/me/debian-acpi';

/** A project that signs, with images that runs might have made, and all that was ever printed. */
let project: Project;
let trust: Trust | undefined;
let policy: Record<string, string>;
/** What may stand nowhere. */
let secrets: Record<string, string>;
const told: string[] = [];

const store = () => openRegistry('oci:./store', { env: {}, cwd: project.path });
const images = () => store().repository('debian-acpi');
const stable = async () => (await images().resolve('latest'))?.digest;

async function call(...args: string[]) {
  const answer = await lockstep(project, args);
  told.push(answer.stdout, answer.stderr);
  return answer;
}

/** Whether hosts that run the stable image would pull it. */
const simulated = () => {
  const image = `oci:${join(project.path, 'store/debian-acpi')}:latest`;
  const host = ['--image', image, '--as', `${NAME}:latest`, '--require-signed'];
  return call('trust', 'simulate', image, ...host);
};

/** A candidate that has passed every gate, by verdicts that are signed or not. */
async function aCandidate(seed: string, signed = true): Promise<Descriptor> {
  const kmods = await putLayers(store().repository('kmods-acpi'), [gzipLayer({ seed })]);
  const key = digestOf(seed);
  const image = await putLayers(images(), [gzipLayer({ 'etc/seed': seed, ...policy })], {
    tag: `candidate-${key.slice(7, 14)}-12`,
    annotations: {
      'dev.lockstep.kmods': `6.1.0-${seed}=${kmods.digest}`,
      'dev.lockstep.kernel': `6.1.0-${seed}`,
      'dev.lockstep.image-key': key,
      'org.opencontainers.image.version': '12',
      'org.opencontainers.image.created': '2026-01-01T00:00:00Z',
    },
  });
  const [stream] = (await loadConfig(project.path)).streams;
  if (!stream) throw new Error('no stream');
  for (const [gate, terms] of await gateTerms(stream, project.path)) {
    const verdict = { gate, terms, subject: image.digest, findings: [], time: TIME };
    const seals = signed ? trust?.verdicts : undefined;
    await recordVerdict(images(), image, { ...verdict, result: 'pass', seals });
  }
  return image;
}

beforeAll(async () => {
  const { keyFile, publicKey, password, ...planted } = await plantKey();
  ({ secrets } = planted);
  vi.stubEnv('SIGNING_KEY', keyFile);
  vi.stubEnv('SIGNING_PASSWORD', password);
  const key = { key: 'env:SIGNING_KEY', password: 'env:SIGNING_PASSWORD', public: 'cosign.pub' };
  project = await aProject({
    publish: { ...SMALL.publish, stable: ['latest'] },
    trust: { ...key, as: [NAME] },
  });
  await project.write('cosign.pub', publicKey.pem);
  const files = hostFiles({ name: 'acpi', scopes: [NAME], keys: [publicKey], enforce: true });
  policy = Object.fromEntries(files.map(({ path, text }) => [path, text]));
  const [stream] = (await loadConfig(project.path)).streams;
  trust =
    stream &&
    (await openTrust(stream, { env: process.env, project: project.path, now: () => new Date() }));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await project[Symbol.asyncDispose]();
});

describe('a project with trust', () => {
  it('signs what it promotes, so that its own hosts accept it', async () => {
    const first = await aCandidate('one');
    const second = await aCandidate('two');

    for (const { digest } of [first, second]) {
      const done = await call('promote', digest);
      expect(done.status, done.stderr).toBe(0);
      expect(await stable()).toBe(digest);
      expect((await simulated()).status).toBe(0);
    }
    const back = await call('rollback');
    expect(back.status, back.stderr).toBe(0);
    expect(await stable()).toBe(first.digest);

    const status = await call('status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ streams: [{ signature: 'signed' }] });
    const history = await call('trust', 'history', '--json');
    expect(history.status, history.stdout).toBe(0);
    const [latest] = JSON.parse(history.stdout).streams[0].tags;
    expect(latest).toMatchObject({ tag: 'debian-acpi:latest', now: first.digest, findings: [] });
    expect(latest.links.map((link: { kind: string; signed: boolean }) => link)).toMatchObject([
      { kind: 'promotion', sequence: 1, signed: true },
      { kind: 'promotion', sequence: 2, signed: true },
      { kind: 'rollback', sequence: 3, signed: true },
    ]);
  });

  it('promotes nothing on verdicts that are not signed', async () => {
    const before = await stable();
    const { digest } = await aCandidate('unsigned', false);

    const { status, stderr } = await call('promote', digest);

    expect(status).toBe(1);
    expect(stderr).toContain('gate boot has no recorded pass for this digest: one is there, but');
    expect(stderr).toContain(`lockstep prove ${digest}`);
    expect(await stable()).toBe(before);
  });

  it('ends a run before anything is made when the password is another one', async () => {
    vi.stubEnv('SIGNING_PASSWORD', 'another one');
    const before = await images().tags();

    const { status, stderr } = await call('run');

    expect(status).toBe(2);
    expect(stderr).toContain('the password does not open the signing key');
    expect(stderr).not.toMatch(/start {2}resolve/);
    expect(await images().tags()).toEqual(before);
    vi.stubEnv('SIGNING_PASSWORD', secrets.password ?? '');
  });

  it('names a tag that somebody has moved', async () => {
    const now = await stable();
    const foreign = await putLayers(images(), [gzipLayer({ foreign: '1' })], { tag: 'latest' });

    const { status, stdout } = await call('trust', 'history', 'latest');

    expect(status).toBe(1);
    expect(stdout).toContain('[swapped]');
    expect(stdout).toContain(foreign.digest);
    const descriptor = await images().resolve(now ?? '');
    if (descriptor) await images().tag('latest', descriptor);
    expect((await call('trust', 'history')).status).toBe(0);
  });

  it('keeps stable accepted when what is old is cleaned up', async () => {
    const keep = ['--keep-days', '0', '--keep-newest', '0'];
    const cleaned = await call('cleanup', '--yes', ...keep);

    expect(cleaned.status, cleaned.stderr).toBe(0);
    expect((await simulated()).status).toBe(0);
    expect((await call('trust', 'history')).status).toBe(0);
  });

  it('keeps key and password to itself', async () => {
    const { leaks, files } = await searchSecrets(project.path, secrets);

    expect(leaks).toEqual([]);
    expect(files).toBeGreaterThan(20);
    for (const text of Object.values(secrets)) {
      expect(text.length).toBeGreaterThan(15);
      expect(told.join('')).not.toContain(text);
    }
    // What finds nothing must be able to find something.
    const found = await searchSecrets(project.path, { public: 'BEGIN PUBLIC KEY' });
    expect(found.leaks.map(({ path }) => path)).toContain(join(project.path, 'cosign.pub'));
  });
});
