import { existsSync } from 'node:fs';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asImage } from '../src/oci/artifact.ts';
import { copy } from '../src/oci/copy.ts';
import { openLayout } from '../src/oci/layout/layout.ts';
import { readManifest, requireDescriptor } from '../src/oci/manifest.ts';
import { openRegistry } from '../src/oci/open/open.ts';
import { startDockerRegistry, whyNoRegistry } from '../src/oci/testing/docker-registry.ts';
import { validateRepository } from '../src/oci/validate.ts';
import { parseInputs } from '../src/release/inputs/inputs.ts';
import type { RunRecord } from '../src/release/record/run-record.ts';
import { run, runOk } from '../src/system/process.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { acceptedBy, findClients } from '../src/trust/testing/clients.ts';
import { flipByte, withBroken } from './broken.ts';
import { poisonKmods } from './foreign.ts';
import { aProject, lockstep, type Project, recordIn, SMALL } from './project.ts';
import { aFreshMachine, noUpstream, packagesIn } from './replay.ts';
import { type PlantedKey, plantKey, searchSecrets, watchArguments } from './secrets.ts';

/** Under which name hosts pull what is in the folder. */
const NAME = 'registry.example.org/me/debian-acpi';

/** Keeps what upstream may delete, which a replay needs, and signs what it promotes. */
const ARCHIVED = {
  publish: { ...SMALL.publish, archive_inputs: true },
  trust: { key: 'env:PIPELINE_KEY', password: 'env:PIPELINE_PASSWORD', as: [NAME] },
};

/** A scenario of the project's own in the place of one that comes with lockstep. */
const SCENARIO = `#lockstep version 1
#lockstep summary says that it is another one
step 'another one' true
`;

/** The whole way with real parts, once; what follows looks at what it left and breaks it. */
let project: Project;
let first: RunRecord;
/** What signs, and what was told and called while the first run was under way. */
let planted: PlantedKey;
let told: string;
let calls: Set<string>;

const image = () => openLayout(join(project.path, 'store/debian-acpi'));
const kmods = () => openLayout(join(project.path, 'store/kmods-acpi'));
const kmodsKey = async () => (await kmods().tags()).find((tag) => tag.startsWith('key-')) ?? '';
const stable = async () => (await image().resolve('latest'))?.digest;

beforeAll(async () => {
  project = await aProject(ARCHIVED);
  planted = await plantKey();
  process.env.PIPELINE_KEY = planted.keyFile;
  process.env.PIPELINE_PASSWORD = planted.password;
  using watch = watchArguments();
  const call = await lockstep(project, ['run', '--json', '-v']);
  expect(call.status, call.stderr).toBe(0);
  first = recordIn(call);
  told = call.stdout + call.stderr;
  ({ calls } = watch);
});

afterAll(async () => {
  delete process.env.PIPELINE_KEY;
  delete process.env.PIPELINE_PASSWORD;
  await project[Symbol.asyncDispose]();
});

describe('lockstep run', () => {
  it('promotes an image with its kmods, and writes down what it used', async () => {
    expect(first.outcome).toBe('promoted');
    expect(await stable()).toBe(first.candidate?.digest);
    expect(await image().tags()).toContain(first.promotion?.audit);
    const [name = ''] = await readdir(join(project.path, '.lockstep/runs'));
    const inputs = join(project.path, '.lockstep/runs', name, 'inputs.json');
    expect(parseInputs(await readFile(inputs, 'utf8'), inputs).base.kernelRelease).toBe(
      first.upstream?.kernel,
    );
    expect(existsSync(join(project.path, '.lockstep/runs', name, 'compose/Containerfile'))).toBe(
      true,
    );
  });

  it('leaves repositories that are whole, and that skopeo and buildah read', async () => {
    expect(await validateRepository(image())).toEqual([]);
    expect(await validateRepository(kmods())).toEqual([]);
    for (const [repository, tags] of [
      ['debian-acpi', await image().tags()],
      ['kmods-acpi', await kmods().tags()],
    ] as const) {
      const images = tags.filter((tag) => /^(latest|main|stable|candidate|base|acpi)-?/.test(tag));
      expect(images.length).toBeGreaterThan(1);
      for (const tag of images) {
        const layout = `oci:${join(project.path, 'store', repository)}:${tag}`;
        const { stdout } = await runOk('skopeo', ['inspect', layout]);
        const ours = await openLayout(join(project.path, 'store', repository)).resolve(tag);
        expect(JSON.parse(stdout)).toMatchObject({ Digest: ours?.digest });
      }
    }
  });

  it('keeps key and password to itself, from the build to the promotion', async () => {
    const { leaks, files } = await searchSecrets(project.path, planted.secrets);

    expect(leaks).toEqual([]);
    expect(files).toBeGreaterThan(100);
    // What programs were called with, of which those are known that a build and a boot call.
    const called = [...calls].join('\n');
    for (const part of [project.path, 'buildah', 'qemu-system', 'apt-get'])
      expect(called).toContain(part);
    for (const text of Object.values(planted.secrets)) {
      expect(text.length).toBeGreaterThan(15);
      expect(told).not.toContain(text);
      expect(called).not.toContain(text);
    }
  });

  it('does nothing the second time', async () => {
    const call = await lockstep(project, ['run', '--json']);

    expect(call.status, call.stderr).toBe(0);
    expect(recordIn(call)).toMatchObject({ outcome: 'unchanged', candidate: first.candidate });
  });

  it('replays the inputs to the same kmods and the same image', async () => {
    const [name = ''] = await readdir(join(project.path, '.lockstep/runs'));
    const inputs = join(project.path, '.lockstep/runs', name, 'inputs.json');

    const call = await lockstep(project, ['run', '--json', '--replay', inputs]);

    expect(recordIn(call)).toMatchObject({ outcome: 'unchanged', inputs: first.inputs });
  });

  it('says in status that stable is current', async () => {
    const call = await lockstep(project, ['status', '--json']);

    expect(call.status).toBe(0);
    expect(JSON.parse(call.stdout)).toMatchObject({
      streams: [{ state: 'current', stableKernel: first.upstream?.kernel }],
    });
  });

  it('refuses to replay inputs of another configuration', async () => {
    const [name = ''] = await readdir(join(project.path, '.lockstep/runs'));
    await project.configure({ image: { enable: ['systemd-networkd.service'] } });

    const call = await lockstep(project, [
      'run',
      '--replay',
      join('.lockstep/runs', name, 'inputs.json'),
    ]);

    expect(call.status).toBe(2);
    expect(call.stderr).toContain('another configuration');
    await project.configure();
  });
});

describe('lockstep copy to a registry', () => {
  it.skipIf(whyNoRegistry())('leaves nothing to do there, and what rollback needs', async () => {
    await using server = await startDockerRegistry();
    const place = `${server.host}/me`;
    const away = await lockstep(project, ['copy', 'oci:./store', place, '--yes', '--json']);
    expect(away.status, away.stderr).toBe(0);
    const { copied } = JSON.parse(away.stdout) as { copied: { moved: Record<string, string> } };
    expect(copied.moved['debian-acpi:latest']).toBe(first.candidate?.digest);
    const there = openRegistry(place, { env: process.env, cwd: project.path });
    for (const name of ['debian-acpi', 'kmods-acpi']) {
      expect(await validateRepository(there.repository(name), { content: false })).toEqual([]);
    }
    const clients = await findClients(join(server.folder, 'clients'));
    const publicKey = join(server.folder, 'cosign.pub');
    await writeFile(publicKey, planted.publicKey.pem);
    const accepted = (name: string, digest = '') => {
      if ('why' in clients) throw new Error(clients.why);
      const image = `${place}/${name}@${digest}`;
      return acceptedBy(clients, { image, key: publicKey, folder: join(server.folder, 'clients') });
    };
    // Hosts pull by the name that was signed, which a copy does not change.
    for (const [name, digest] of [
      ['debian-acpi', first.candidate?.digest],
      ['kmods-acpi', first.kmods?.[0]?.digest],
    ] as const)
      expect([name, await accepted(name, digest)]).toEqual([name, ['cosign2', 'cosign3']]);
    await project.configure({ publish: { ...ARCHIVED.publish, registry: place } });

    const run = await lockstep(project, ['run', '--json']);
    expect(run.status, run.stderr).toBe(0);
    expect(recordIn(run)).toMatchObject({ outcome: 'unchanged', candidate: first.candidate });
    expect(recordIn(run).steps.filter(({ state }) => state === 'done')).toMatchObject([
      { step: 'resolve' },
    ]);

    // Stable is elsewhere, and the verdicts are of another form than today's: prove makes them anew.
    const images = there.repository('debian-acpi');
    const base = (await images.tags()).find((tag) => tag.startsWith('base-')) ?? '';
    await images.tag('latest', await requireDescriptor(images, base));
    await project.write('scenarios/load.sh', SCENARIO);
    const refused = await lockstep(project, ['promote', first.candidate?.tag ?? '']);
    expect(refused.status).toBe(1);
    const digest = first.candidate?.digest ?? '';
    expect(refused.stderr).toContain(`lockstep prove ${digest}`);
    const proven = await lockstep(project, ['prove', digest, '--json']);
    expect(proven.status, proven.stderr).toBe(0);
    expect(JSON.parse(proven.stdout)).toMatchObject({
      digest,
      gates: ['compat', 'package', 'contents', 'abi', 'boot'].map((gate) => ({
        gate,
        result: 'pass',
      })),
    });
    const promoted = await lockstep(project, ['promote', digest]);
    expect(promoted.status, promoted.stderr).toBe(0);
    expect((await images.resolve('latest'))?.digest).toBe(digest);
    for (const [name, image] of [
      ['debian-acpi', digest],
      ['kmods-acpi', first.kmods?.[0]?.digest],
    ] as const)
      expect(await accepted(name, image)).toEqual(['cosign2', 'cosign3', 'skopeo']);
    expect((await searchSecrets(server.folder, planted.secrets)).leaks).toEqual([]);
    await project.configure();
  });
});

describe('a run on another channel', () => {
  it('moves the tag of its branch alone, and is not seen by main', async () => {
    const tags = { image: await image().tags(), kmods: await kmods().tags() };
    const branch = ['--channel', 'branch', '--branch', 'feature/🎉'];

    const call = await lockstep(project, ['run', '--json', ...branch]);

    expect(call.status, call.stderr).toBe(0);
    const record = recordIn(call);
    const [moved = '', ...others] = Object.keys(record.promotion?.moved ?? {});
    expect([moved, others]).toEqual([expect.stringMatching(/^debian-acpi:br-feature-\w+-12$/), []]);
    expect(record.candidate?.digest).toBe(first.candidate?.digest);
    expect(await image().tags()).toEqual([...tags.image, moved.split(':')[1] ?? ''].sort());
    expect(await kmods().tags()).toEqual(tags.kmods);
    expect(await validateRepository(image())).toEqual([]);
    const [main, own] = await Promise.all(
      [[], branch].map((options) => lockstep(project, ['status', '--json', ...options])),
    );
    expect(JSON.parse(main?.stdout ?? '')).toMatchObject({
      streams: [
        {
          state: 'current',
          stableDigest: first.candidate?.digest,
          lastRun: { id: expect.not.stringContaining(record.id) },
        },
      ],
    });
    expect(JSON.parse(own?.stdout ?? '')).toMatchObject({
      streams: [{ state: 'current', stableDigest: record.candidate?.digest }],
    });
  });

  it.skipIf(whyNoRegistry())('builds and proves a pull request, and writes nothing', async () => {
    await using server = await startDockerRegistry();
    const location = `${server.host}/owner`;
    const registry = openRegistry(location, { env: {}, cwd: '/' });
    const base = (await image().tags()).filter((tag) => tag.startsWith('base-'));
    await copy(image(), registry.repository('debian-acpi'), base[0] ?? '', { tags: base });
    const key = await kmodsKey();
    await copy(kmods(), registry.repository('kmods-acpi'), key, { tags: [key] });
    await project.configure({ publish: { ...SMALL.publish, registry: location } });
    const stored = () => readdir(join(server.folder, 'store'), { recursive: true });
    const before = await stored();

    const call = await lockstep(project, ['run', '--json', '--channel', 'pull-request']);

    expect(call.status, call.stderr).toBe(0);
    const { outcome, kmods: built, steps } = recordIn(call);
    expect([outcome, built]).toEqual(['candidate', first.kmods]);
    expect(steps.find(({ step }) => step === 'boot')?.state).toBe('done');
    expect(steps.find(({ step }) => step === 'promote')?.state).toBe('skipped');
    expect(await stored()).toEqual(before);
    await project.configure();
  });
});

describe('a replay on a fresh machine, without upstream', () => {
  let fresh: Project;

  beforeAll(async () => {
    const synced = await lockstep(project, ['lock', 'sync', '--json']);
    expect(synced.status, synced.stderr).toBe(0);
    fresh = await aFreshMachine(project, ARCHIVED);
    vi.stubEnv('APT_CONFIG', await noUpstream(fresh));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await fresh[Symbol.asyncDispose]();
  });

  const store = (name: string) => openLayout(join(fresh.path, 'store', name));
  const again = (step: string) =>
    lockstep(fresh, ['run', '--json', '--locked', '--force', '--only', step]);

  it('cannot be had when nothing was archived', async () => {
    await fresh.configure({ publish: SMALL.publish });

    const call = await again('build');

    expect(call.status).toBe(2);
    expect(call.stderr).toContain("the machine's apt lists no Debian archive");
    await fresh.configure();
  });

  it('builds kmods with the same key, of files that the registry kept', async () => {
    const call = await again('build');

    expect(call.status, call.stderr).toBe(0);
    const record = recordIn(call);
    const key = async (digest = '') => {
      const { manifest } = await readManifest(store('kmods-acpi'), digest);
      return manifest.annotations?.['dev.lockstep.key'];
    };
    expect(record.inputs).toBe(first.inputs);
    expect(record.kmods?.[0]?.digest).not.toBe(first.kmods?.[0]?.digest);
    expect(await key(record.kmods?.[0]?.digest)).toBe(await key(first.kmods?.[0]?.digest));
    expect(await key(first.kmods?.[0]?.digest)).toMatch(/^sha256:/);
  });

  it('composes an image of the same packages, its base made anew', async () => {
    const image = store('debian-acpi');
    for (const tag of await image.tags()) if (tag.startsWith('base-')) await image.untag(tag);

    const call = await again('compose');

    expect(call.status, call.stderr).toBe(0);
    const { candidate } = recordIn(call);
    expect(candidate?.tag).toBe(first.candidate?.tag);
    expect(candidate?.digest).not.toBe(first.candidate?.digest);
    const before = await packagesIn(image, first.candidate?.digest ?? '');
    expect(before.length).toBeGreaterThan(100);
    expect(await packagesIn(image, candidate?.digest ?? '')).toEqual(before);
  });
});

describe('a run that must not promote', () => {
  const scenario = (body: string) =>
    `#!/bin/sh\n#lockstep version 1\n#lockstep deadline 60s\n${body}\n`;

  async function expectRefusal(
    args: string[],
    expected: { step: string; says: RegExp },
  ): Promise<void> {
    const before = await stable();
    const call = await lockstep(project, ['run', '--json', ...args]);
    expect(call.status, call.stderr).toBe(1);
    expect(recordIn(call)).toMatchObject({ outcome: 'failed', failure: { step: expected.step } });
    expect(call.stderr).toMatch(expected.says);
    expect(call.stdout, 'the record names files from the project').not.toContain(project.path);
    expect(await stable()).toBe(before);
  }

  it('because the guest panics', async () => {
    await project.write(
      'scenarios/panic.sh',
      scenario('step "crash" sh -c "echo c > /proc/sysrq-trigger"'),
    );
    await project.configure({ gates: { boot: 'panic' } });

    await expectRefusal([], { step: 'boot', says: /panic/i });
  });

  it('because the guest hangs', async () => {
    await project.write(
      'scenarios/hang.sh',
      scenario('step "wait" sleep 1000').replace('60s', '25s'),
    );
    await project.configure({ gates: { boot: 'hang' } });

    await expectRefusal([], { step: 'boot', says: /not done within|said nothing/ });
  });

  it('because the kmods image holds a module for another kernel', async () => {
    await using work = await temporaryFolder();
    const tag = await kmodsKey();
    const good = await kmods().resolve(tag);
    await poisonKmods(kmods(), tag, work.path);
    await project.configure({ image: { enable: ['systemd-networkd.service'] } });

    await expectRefusal([], { step: 'contents', says: /another kernel|vermagic|built for/ });
    if (good) await kmods().tag(tag, good);
  });

  it('because the module does not compile', async () => {
    // The cloud kernel has no video subsystem, whose symbols v4l2loopback needs.
    await project.configure({ modules: [{ name: 'v4l2loopback', dkms: 'v4l2loopback-dkms' }] });

    await expectRefusal([], {
      step: 'build',
      says: /build failed: \S+[^]*(undefined|error)[^]*hint/,
    });
  });

  it('because the kernel is newer than the module supports', async () => {
    await project.configure({
      base: { debian: { suite: 'trixie-backports', kernel: 'linux-image-cloud-amd64' } },
      modules: [{ name: 'zfs', dkms: 'zfs-dkms', suite: 'bookworm-backports' }],
    });

    await expectRefusal([], {
      step: 'compat',
      says: /kernel-too-new[^]*wait for[^]*allow_experimental/,
    });
    const status = await lockstep(project, ['status', '--json']);
    expect(status.status).toBe(1);
    expect(JSON.parse(status.stdout)).toMatchObject({
      streams: [{ state: 'behind', lag: { held: { step: 'compat', rules: ['kernel-too-new'] } } }],
    });
  });

  it('and is current again after a run that passes', async () => {
    await project.configure();
    const call = await lockstep(project, ['run', '--json']);
    expect(call.status, call.stderr).toBe(0);
    expect(await stable()).toBe(first.candidate?.digest);

    const status = await lockstep(project, ['status', '--json']);

    expect(JSON.parse(status.stdout)).toMatchObject({ streams: [{ state: 'current' }] });
  });
});

describe('a store that is broken', () => {
  it('by a flipped byte in a layer is named, and nothing is promoted', async () => {
    const repository = image();
    await project.configure();
    const { manifest } = asImage(await readManifest(repository, first.candidate?.digest ?? ''));
    const layer = manifest.layers.at(-1)?.digest ?? '';
    const blob = join(
      project.path,
      'store/debian-acpi/blobs/sha256',
      layer.slice('sha256:'.length),
    );

    const call = await withBroken(blob, flipByte, () =>
      lockstep(project, ['run', '--force', '--only', 'boot']),
    );

    expect(call.status, call.stderr).toBe(3);
    expect(call.stderr).toContain(layer);
    expect(await stable()).toBe(first.candidate?.digest);
  });

  it('by a truncated index is named', async () => {
    const index = join(project.path, 'store/debian-acpi/index.json');

    const call = await withBroken(
      index,
      (path) => truncate(path, 100),
      () => lockstep(project, ['run']),
    );

    expect(call.status, call.stderr).toBe(3);
    expect(call.stderr).toContain('index.json');
  });
});

describe('a full disk', () => {
  it.each([
    ['at once', '48m'],
    ['on the way', '420m'],
  ])('is named with exit status 2 %s, and nothing is promoted', async (_, size) => {
    await using folder = await temporaryFolder();
    const small = join(folder.path, 'small');
    const lockstepAt = join(import.meta.dirname, '../bin/lockstep');
    const config = await readFile(join(project.path, 'lockstep.yaml'), 'utf8');
    // A file system in a namespace of its own goes with it, and needs no root.
    const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user', '--map-auto'];
    const script = `set -e; mkdir '${small}'; mount -t tmpfs -o size=${size} tmpfs '${small}'
      cat > '${small}/lockstep.yaml'; set +e; '${lockstepAt}' run -C '${small}'; status=$?
      grep -o '"latest"' '${small}/store/debian-acpi/index.json' && exit 99; exit $status`;

    const result = await run('unshare', [...user, '--mount', 'sh', '-c', script], {
      stdin: config,
    });

    expect(result.status, result.stderr).toBe(2);
    expect(result.stderr).toMatch(/no room|No space left|ENOSPC/i);
  });
});
