import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBuildah, removeStorage } from '../src/container/buildah.ts';
import { runInImage } from '../src/container/run-in-image.ts';
import { openLayout, openLayoutRegistry } from '../src/oci/layout/layout.ts';
import { openImage } from '../src/oci/tree/image.ts';
import { validateRepository } from '../src/oci/validate.ts';
import type { RunRecord } from '../src/release/record/run-record.ts';
import type { TestRepository } from '../src/source/git/testing/repository.ts';
import { DEFAULT_CACHE } from '../testbed/cache.ts';
import { makeTestbed, type TestbedRequest } from '../testbed/testbed.ts';
import { repackAsAkmods } from './akmods.ts';
import { aSpecRepository } from './kmod-spec.ts';
import { aProject, lockstep, type Project, recordIn } from './project.ts';

/** A small module that builds in seconds, on an image of the testbed distribution. */
const FEDORA = {
  name: 'testbed',
  base: { image: 'oci:./images/base:latest' },
  builder: { image: 'oci:./images/builder:{os_version}' },
  modules: [{ name: 'acpi_call', dkms: 'acpi-call-dkms', suite: 'bookworm' }],
  image: { packages: ['hello-testbed'], enable: ['hello-testbed.service'] },
  publish: { registry: 'oci:./store', image: 'testbed', kmods: 'kmods-testbed' },
};

/** The same image with the module as others have built it: no builder. */
const CONSUMER = {
  name: 'consumer',
  modules: [{ name: 'acpi_call', kmods: 'oci:./cache:stable-{os_version}' }],
  image: {},
  publish: { registry: 'oci:./store', image: 'consumer', kmods: 'kmods-consumer' },
};

let project: Project;
let consumer: Project;
let code: TestRepository;
let first: RunRecord;
let old: string;
let moved: string;

const image = () => openLayout(join(project.path, 'store/testbed'));
const stable = async () => (await image().resolve('latest'))?.digest;

/** Makes the base, as its distribution would; the moving tag then points to it. */
async function release(request: Partial<TestbedRequest>): Promise<string> {
  const images = openLayoutRegistry(join(project.path, 'images'));
  const made = await makeTestbed({ cache: DEFAULT_CACHE, env: process.env, images, ...request });
  return made.kernels.at(-1)?.release ?? '';
}

beforeAll(async () => {
  const { repository, commit } = await aSpecRepository();
  code = repository;
  const hello = { name: 'hello_spec', git: repository.address, commit };
  project = await aProject({ ...FEDORA, modules: [...FEDORA.modules, hello] });
  old = await release({ kernels: [1], offered: [1, 0] });
  const call = await lockstep(project, ['run', '--json']);
  expect(call.status, call.stderr).toBe(0);
  first = recordIn(call);
});

afterAll(async () => {
  await consumer?.[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
  await code[Symbol.asyncDispose]();
});

describe('lockstep run on a base that is an image', () => {
  it('builds for the kernel of the base, and promotes what has booted', async () => {
    expect(first).toMatchObject({
      outcome: 'promoted',
      upstream: { kernel: old, osVersion: '41' },
    });
    expect(await stable()).toBe(first.candidate?.digest);
    expect(await validateRepository(image())).toEqual([]);
  });

  it('packs a commit by its own spec, and tells what had to be mended in that', () => {
    const [kmods] = first.kmods ?? [];

    expect(first.upstream?.modules).toMatchObject({
      hello_spec: expect.stringMatching(/^1\.2\+git[0-9a-f]{7}$/),
    });
    expect(kmods?.mends).toContainEqual(
      expect.objectContaining({ package: `kmod-hello-${old}`, mend: 'common' }),
    );
  });

  it('only warns of a module that states another version than its packaging', () => {
    expect(first.steps).toContainEqual(
      expect.objectContaining({ step: 'contents', message: expect.stringMatching(/ warnings/) }),
    );
  });

  it('corrects the labels that the image would inherit', async () => {
    const { labels } = (await openImage(image(), 'latest')).config;

    expect(labels).toMatchObject({
      'ostree.linux': old,
      'containers.bootc': '1',
      'org.opencontainers.image.version': '41.20261120.0',
      'org.opencontainers.image.base.name': FEDORA.base.image,
    });
    expect(labels).not.toHaveProperty('quay.expires-after');
  });

  it('agrees with rpm, modinfo and dnf of what the image holds', async () => {
    const said = await inStable(`
      rpm -q --qf '%{NAME}\\n' kmod-acpi_call-${old} hello-testbed
      rpm -V kmod-acpi_call-${old} hello-testbed && echo verified
      modinfo -k ${old} -F vermagic acpi_call
      dnf -q repoquery --installed --requires kmod-acpi_call-${old}
      systemctl is-enabled hello-testbed.service
      test -e /run/lockstep || echo no mounts left
      modinfo -k ${old} -F filename hello_spec
      dnf -q repoquery --installed --requires kmod-hello-${old} | sed 's/^/hello: /'`);

    expect(said.split('\n').map((line) => line.trim())).toEqual(
      expect.arrayContaining([
        `kmod-acpi_call-${old}`,
        'hello-testbed',
        'verified',
        expect.stringMatching(new RegExp(`^${old.replaceAll('+', '\\+')} `)),
        `kernel-uname-r = ${old}`,
        'enabled',
        'no mounts left',
        expect.stringMatching(new RegExp('/extra/hello/hello_spec\\.ko')),
        `hello: kernel-uname-r = ${old}`,
      ]),
    );
  });

  it('does nothing while nothing moves', async () => {
    const call = await lockstep(project, ['run', '--json']);

    expect(call.status, call.stderr).toBe(0);
    expect(recordIn(call)).toMatchObject({ outcome: 'unchanged', candidate: first.candidate });
  });

  it('takes the module from an image of others, without a builder', async () => {
    const base = { image: `oci:${join(project.path, 'images/base')}:latest` };
    consumer = await aProject({ ...CONSUMER, base });
    const ours = openLayout(join(project.path, 'store/kmods-testbed'));
    const cache = openLayout(join(consumer.path, 'cache'));
    const tags = { from: first.kmods?.[0]?.tag ?? '', to: 'stable-41' };
    await repackAsAkmods(ours, cache, { kernel: old, tags });

    const call = await lockstep(consumer, ['run', '--json']);

    expect(call.status, call.stderr).toBe(0);
    const record = recordIn(call);
    expect(record).toMatchObject({ outcome: 'promoted', upstream: { kernel: old } });
    expect(record.kmods?.[0]?.mends).toMatchObject([
      { mend: 'requirement', is: `Requires: kernel-uname-r = ${old}` },
      { mend: 'script', is: `depmod -a ${old}` },
    ]);
    const lock = await lockstep(consumer, ['lock', 'sync']);
    expect(lock.status, lock.stderr).toBe(0);
    const replay = await lockstep(consumer, ['run', '--locked', '--json']);
    expect(recordIn(replay)).toMatchObject({ outcome: 'unchanged', candidate: record.candidate });
  });

  it('keeps stable and says where it looked when the new kernel has no headers yet', async () => {
    const before = await stable();
    await release({ kernels: [0], offered: [1], build: 1 });

    const call = await lockstep(project, ['run']);

    expect(call.status, call.stderr).toBe(3);
    expect(call.stderr).toContain('no package provides kernel-devel-uname-r = ');
    expect(call.stderr).toContain('looked in');
    expect(await stable()).toBe(before);
  });

  it('waits while the image of others has modules for the old kernel only', async () => {
    const before = await openLayout(join(consumer.path, 'store/consumer')).resolve('latest');

    const call = await lockstep(consumer, ['run']);

    expect(call.status, call.stderr).toBe(3);
    expect(call.stderr).toContain(`the image has modules for ${old}, the base has `);
    const after = await openLayout(join(consumer.path, 'store/consumer')).resolve('latest');
    expect(after).toEqual(before);
    const status = await lockstep(consumer, ['status']);
    expect(status.stdout).toContain(`the image has modules for ${old}`);
  });

  it('refuses a base with several kernels until it is said which to keep', async () => {
    moved = await release({ kernels: [1, 0], offered: [1, 0], build: 2 });

    const call = await lockstep(project, ['run']);

    expect(call.status, call.stderr).toBe(2);
    expect(call.stderr).toContain(`the base holds several kernels: ${old}, ${moved}`);
  });
});

describe('lockstep run on a base with several kernels, all of them kept', () => {
  let record: RunRecord;
  const kmods = () => openLayout(join(project.path, 'store/kmods-testbed'));

  beforeAll(async () => {
    await project.configure({ base: { ...FEDORA.base, kernels: 'all' } });
    const call = await lockstep(project, ['run', '--json']);
    expect(call.status, call.stderr).toBe(0);
    record = recordIn(call);
  });

  it('builds for the kernel that has no kmods yet, boots each, and promotes', async () => {
    const steps = (name: string) => record.steps.filter(({ step }) => step === name);

    expect(record).toMatchObject({ outcome: 'promoted', upstream: { kernel: moved } });
    expect(steps('build')).toMatchObject([
      { state: 'reused', message: expect.stringContaining(`Linux ${old}: `) },
      { state: 'done', message: expect.stringContaining(`for Linux ${moved}`) },
    ]);
    expect(record.kmods?.[0]).toEqual(first.kmods?.[0]);
    expect(steps('boot')).toMatchObject([{ state: 'done' }]);
    for (const kernel of [old, moved]) {
      expect(steps('boot')[0]?.message).toContain(`Linux ${kernel} ran on `);
      expect(await kmods().tags()).toContain(`main-41-${kernel.replaceAll('+', '_')}`);
    }
    expect(await stable()).toBe(record.candidate?.digest);
  });

  it('agrees with rpm and modinfo that the module is there for both', async () => {
    const said = await inStable(`
      for kernel in ${old} ${moved}; do
        modinfo -k $kernel -F vermagic acpi_call
        rpm -V kmod-acpi_call-$kernel && echo verified $kernel
      done`);

    const lines = said.split('\n').map((line) => line.trim());
    for (const kernel of [old, moved]) {
      expect(lines).toContainEqual(expect.stringContaining(`${kernel} SMP`));
      expect(lines).toContain(`verified ${kernel}`);
    }
  });

  it('does nothing while nothing moves', async () => {
    const call = await lockstep(project, ['run', '--json']);

    expect(recordIn(call)).toMatchObject({ outcome: 'unchanged', candidate: record.candidate });
  });

  it('takes the older ones out, and builds nothing, when only the newest is to be kept', async () => {
    await project.configure({ base: { ...FEDORA.base, kernels: 'newest' } });

    const call = await lockstep(project, ['run', '--json']);

    expect(call.status, call.stderr).toBe(0);
    expect(recordIn(call)).toMatchObject({ outcome: 'promoted', kmods: [{ kernel: moved }] });
    const said = await inStable(`
      ls /usr/lib/modules
      rpm -qa --provides | sed -n 's/^kernel-.*uname-r = /provided /p' | sort -u
      rpm -qa 'kmod-acpi_call-*' --qf '%{NAME}\\n'`);
    const lines = said.split('\n').map((line) => line.trim());
    expect(lines.filter(Boolean)).toEqual([moved, `provided ${moved}`, `kmod-acpi_call-${moved}`]);
  });
});

/** What a script prints in a container of what stable is. */
async function inStable(script: string): Promise<string> {
  const storage = join(project.path, 'look');
  const options = { storage, env: process.env };
  const buildah = await openBuildah(options);
  try {
    const local = { reference: 'oci:testbed:latest', cwd: join(project.path, 'store') };
    return await runInImage(buildah, local, ['sh', '-c', script]);
  } finally {
    await removeStorage({ ...options, root: process.getuid?.() === 0 });
  }
}
