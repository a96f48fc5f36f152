import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { openLayout, openLayoutRegistry } from '../src/oci/layout/layout.ts';
import { readManifest } from '../src/oci/manifest.ts';
import { openImage } from '../src/oci/tree/image.ts';
import type { StreamStatus } from '../src/release/status/status.ts';
import { type ScriptedGithub, startGithub } from '../src/source/testing/github.ts';
import { aSignedRelease, aSigner, type Signer } from '../src/source/testing/github-release.ts';
import { DEFAULT_CACHE } from '../testbed/cache.ts';
import { type OpenzfsRelease, openzfsReleases } from '../testbed/openzfs.ts';
import { makeTestbed, type TestbedRequest } from '../testbed/testbed.ts';
import { aProject, lockstep, type Project, recordIn, recordsIn } from './project.ts';

/** OpenZFS itself, by its own packaging: an hour's story, most of it the compiler. */
let project: Project;
let github: ScriptedGithub;
let signer: Signer;
let releases: OpenzfsRelease[];

const repository = (name: string) => openLayout(join(project.path, 'store', name));
const digestOf = async (name: string, tag: string) => (await repository(name).resolve(tag))?.digest;

beforeAll(async () => {
  releases = await openzfsReleases({ cache: DEFAULT_CACHE, env: process.env });
  signer = await aSigner();
  github = await startGithub();
  project = await aProject();
  await copyFile(signer.keyring, join(project.path, 'openzfs.asc'));
  await project.write('lockstep.yaml', stringify({ version: 1, streams: streams() }));
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
  await signer[Symbol.asyncDispose]();
});

describe('OpenZFS on images of the Fedora family', () => {
  it('builds once for Kinoite and CoreOS, proves both with a pool, and promotes both', async () => {
    await offer('2.3.2');
    await publishBase({ kernels: [1] });
    await publishBase({ kernels: [1], flavour: 'coreos', tag: 'coreos' });

    const call = await lockstep(project, ['run', '--json']);

    expect(call.status, call.stderr).toBe(0);
    const [kinoite, coreos] = recordsIn(call);
    expect(kinoite?.outcome).toBe('promoted');
    expect(coreos?.outcome).toBe('promoted');
    expect(coreos?.kmods).toEqual(kinoite?.kmods);
    expect(stepOf(coreos, 'build')?.state).toBe('reused');
    for (const record of [kinoite, coreos])
      expect(record?.kmods?.[0]?.mends).toContainEqual(
        expect.objectContaining({ mend: 'requirement' }),
      );
    expect(await repository('coreos').tags()).toContain('stable');
    expect(await repository('coreos').tags()).not.toContain('latest');
    const { labels } = (await openImage(repository('coreos'), 'stable')).config;
    expect(labels['dev.lockstep.module.zfs']).toBe('2.3.2');
  });

  it('mends what the packages of OpenZFS do not say, and records it', async () => {
    const { manifest } = await readManifest(repository('akmods-zfs'), await kmodsTag());

    const mends = JSON.parse(manifest.annotations?.['dev.lockstep.mends'] ?? '[]') as object[];
    expect(mends).toContainEqual(expect.objectContaining({ mend: 'requirement' }));
    const listed = await lockstep(project, [
      'rpms',
      'list',
      `oci:./store/akmods-zfs:${await kmodsTag()}`,
    ]);
    expect(listed.stdout).toMatch(/kmod-zfs-6\.12\./);
    expect(listed.stdout).toMatch(/^devel +kmod-zfs-devel /m);
  });

  it('keeps stable while OpenZFS supports no kernel of the new base, and says why', async () => {
    const before = await digestOf('kinoite', 'latest');
    await publishBase({ os: '42', build: 1 });

    const call = await lockstep(project, ['run', '--keep-going', '--json']);

    expect(call.status).toBe(1);
    expect(recordIn(call).failure).toMatchObject({ step: 'compat' });
    expect(await digestOf('kinoite', 'latest')).toBe(before);
    const status = await lockstep(project, ['status', '--json']);
    const [kinoite] = (JSON.parse(status.stdout) as { streams: StreamStatus[] }).streams;
    expect(kinoite).toMatchObject({ state: 'behind', lag: { held: { step: 'compat' } } });
  });

  it('catches up when a release appears that supports it', async () => {
    await offer('2.3.9');

    const call = await lockstep(project, ['run', '--keep-going', '--json']);

    expect(call.status, call.stderr).toBe(0);
    expect(recordIn(call)).toMatchObject({
      outcome: 'promoted',
      upstream: { osVersion: '42', modules: { zfs: '2.3.9' } },
    });
    expect(await digestOf('kinoite', 'main-42')).toBe(await digestOf('kinoite', 'latest'));
  });
});

/** Two streams that share their kmods: a desktop with tags per version, a server with one tag. */
function streams(): object[] {
  const shared = {
    // Beside an installed kernel OpenZFS's kmodtool names none, which is to be mended.
    builder: { image: 'oci:./images/builder:{os_version}', packages: ['kernel'] },
    modules: [{ name: 'zfs', openzfs: '2.3', releases: github.repository, keys: 'openzfs.asc' }],
    gates: { boot: 'zfs' },
  };
  const publish = { registry: 'oci:./store', kmods: 'akmods-zfs' };
  return [
    {
      name: 'kinoite',
      base: { image: 'oci:./images/base:latest' },
      ...shared,
      image: { packages: ['hello-testbed'], enable: ['zfs.target'] },
      publish: { ...publish, image: 'kinoite' },
    },
    {
      name: 'coreos',
      base: { image: 'oci:./images/base:coreos' },
      ...shared,
      publish: { ...publish, image: 'coreos', stable: ['stable'] },
    },
  ];
}

/** Publishes a release of OpenZFS, between others that must not be taken for it. */
async function offer(version: string): Promise<void> {
  const release = releases.find((one) => one.version === version);
  if (!release) throw new Error(`the archive has no OpenZFS ${version}`);
  const tarball = await readFile(release.path);
  const max = { '2.3.2': '6.14', '2.3.9': '7.2' }[version];
  const signed = await aSignedRelease(signer, version, { tarball, max });
  const others = ['zfs-2.4.0-rc1', 'zfs-2.3.99', 'zfs-2.2.11'].map((tag) => ({ tag }));
  github.releases = [...others, signed, ...github.releases.filter(({ files }) => files)];
}

async function publishBase(request: Partial<TestbedRequest>): Promise<void> {
  const images = openLayoutRegistry(join(project.path, 'images'));
  await makeTestbed({ cache: DEFAULT_CACHE, env: process.env, images, ...request });
}

async function kmodsTag(): Promise<string> {
  const tags = await repository('akmods-zfs').tags();
  return tags.find((tag) => tag.startsWith('zfs-2.3.2')) ?? '';
}

function stepOf(record: ReturnType<typeof recordIn> | undefined, step: string) {
  return record?.steps.find((one) => one.step === step);
}
