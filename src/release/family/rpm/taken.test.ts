import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Buildah } from '../../../container/buildah.ts';
import { KMODS_ANNOTATION, readMends } from '../../../kmods/image/image.ts';
import { listRpms } from '../../../kmods/rpm/list.ts';
import {
  aForeignKmod,
  akmodsImage,
  type ForeignImage,
  fedoraZfsImage,
} from '../../../kmods/rpm/testing/foreign.ts';
import { openLayout } from '../../../oci/layout/layout.ts';
import { readManifest } from '../../../oci/manifest.ts';
import { memoryRegistry } from '../../../oci/memory.ts';
import type { Repository } from '../../../oci/repository.ts';
import { putIndex } from '../../../oci/testing/image.ts';
import { gzipLayer, putLayers } from '../../../oci/testing/layers.ts';
import { openImage } from '../../../oci/tree/image.ts';
import { validateRepository } from '../../../oci/validate.ts';
import { digestOf } from '../../../system/digest.ts';
import { silent } from '../../../system/event.ts';
import { temporaryFolder } from '../../../system/temporary.ts';
import { runContext } from '../../context/new-run.ts';
import { InputsV1, inputsDigest, type RpmInputs } from '../../inputs/inputs.ts';
import { keysOf, kmodsKeysOf } from '../../inputs/keys.ts';
import type { TakenModule } from '../../inputs/modules.ts';
import { storeInputs } from '../../kept/inputs.ts';
import { diffInputs } from '../../lock/diff.ts';
import { brokenSets } from '../../lock/intact.ts';
import { storeRecord } from '../../record/run-record.ts';
import { build } from '../../run/build-step.ts';
import { archiveInputs } from '../../run/keep-step.ts';
import { anRpmInputs, aStream } from '../../testing/inputs.ts';
import { moduleFiles } from './modules.ts';
import { followTaken } from './taken.ts';

const KERNEL = '6.18.9-200.fc44.x86_64';
const OLD = '6.18.7-200.fc44.x86_64';
const { base } = anRpmInputs();

function configured(kmods = 'oci:./cache:latest') {
  return { name: 'zfs', kmods, load: true, allow_experimental: false };
}

/** A project with a cache of others beside it. */
async function aTrial(kmods?: string) {
  const folder = await temporaryFolder();
  const signal = new AbortController().signal;
  const world = { env: {}, now: () => new Date(0), signal, emit: silent, project: folder.path };
  const publish = { ...aStream().publish, archive_inputs: true };
  const stream = aStream({
    base: { image: 'x', kernels: 'refuse' },
    modules: [configured(kmods)],
    publish,
  });
  const context = runContext(stream, { ...world, registry: memoryRegistry(), id: 'id' });
  await mkdir(context.folders.scratch, { recursive: true });
  return {
    context,
    cache: openLayout(join(folder.path, 'cache')),
    folder: folder.path,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

type Trial = Awaited<ReturnType<typeof aTrial>>;

function put({ cache }: Pick<Trial, 'cache'>, { layers, labels }: ForeignImage, tag = 'latest') {
  return putLayers(cache, layers.map(gzipLayer), { labels, tag });
}

function follow({ context }: Trial, ...kernels: string[]): Promise<TakenModule> {
  const [module = configured()] = context.stream.modules;
  const asked = kernels.length > 0 ? kernels : [KERNEL];
  return followTaken(context, module, { ...base, kernels: asked });
}

const NAMES = [
  `kmod-zfs-${KERNEL}-2.4.3-1.fc44.x86_64.rpm`,
  'libzfs7-2.4.3-1.fc44.x86_64.rpm',
  'zfs-2.4.3-1.fc44.x86_64.rpm',
];

describe(followTaken, () => {
  it.each([
    ['akmods', akmodsImage(KERNEL), 'rpms/kmods/zfs/zfs-2.4.3-1.fc44.x86_64.rpm'],
    ['fedora-zfs-kmods', fedoraZfsImage(KERNEL), 'zfs-2.4.3-1.fc44.x86_64.rpm'],
  ])('pins in the layout of %s what is installed, and nothing else', async (_, image, path) => {
    await using trial = await aTrial();
    const { digest } = await put(trial, image);

    const module = await follow(trial);

    expect(module).toMatchObject({
      version: '2.4.3',
      package: 'oci:./cache',
      images: [{ kernel: KERNEL, reference: 'oci:./cache:latest', digest }],
      range: { min: '6.18', max: '6.18' },
    });
    expect(module.files.map(({ name }) => name)).toEqual(NAMES);
    expect(module.files.at(-1)).toMatchObject({ path, sha256: expect.stringMatching(/^\w{64}$/) });
  });

  it('fills in base and kernel as tags have them', async () => {
    await using trial = await aTrial('oci:./cache:main-{os_version}-{kernel}');
    await put(trial, fedoraZfsImage('6.12.9+x-amd64'), 'main-44-6.12.9_x-amd64');

    const { images } = await follow(trial, '6.12.9+x-amd64');

    expect(images).toMatchObject([{ reference: 'oci:./cache:main-44-6.12.9_x-amd64' }]);
  });

  it('says which kernels a stale image is for, in the headers of the packages', async () => {
    await using trial = await aTrial();
    // An index under the name of the new kernel, one of whose images was not built anew.
    const labels = { 'ostree.linux': KERNEL };
    const mine = await put(trial, { ...akmodsImage(OLD), labels }, 'amd64');
    const other = await put(trial, akmodsImage(KERNEL), 'arm64');
    const members = [
      { ...mine, platform: { os: 'linux', architecture: 'amd64' } },
      { ...other, platform: { os: 'linux', architecture: 'arm64' } },
    ];
    await putIndex(trial.cache, members, { tag: 'latest' });

    await expect(follow(trial)).rejects.toMatchObject({
      code: 'archive',
      message: `zfs: the image has modules for ${OLD}, the base has ${KERNEL}`,
      hint: expect.stringContaining('wait until'),
    });
  });

  it('takes for each kernel what there is for it, and one version for all', async () => {
    await using trial = await aTrial('oci:./cache:{kernel}');
    const tags = [OLD, KERNEL] as const;
    for (const kernel of tags) await put(trial, akmodsImage(kernel), kernel);

    const module = await follow(trial, OLD, KERNEL);

    expect(module.images.map(({ reference }) => reference)).toEqual(
      tags.map((tag) => `oci:./cache:${tag}`),
    );
    expect(module.range).toEqual({ min: '6.18', max: '6.18' });
    const inputs = inputsWith(trial, module);
    const { packages } = await listRpms(
      trial.context.ends.kmods,
      (await buildFirst(trial, inputs)).digest,
    );
    expect(packages.flatMap(({ kernel }) => kernel ?? [])).toEqual([OLD]);

    const newer = aForeignKmod(KERNEL, { version: '2.4.4' });
    await put(trial, { labels: {}, layers: [{ 'a.rpm': newer }] }, KERNEL);
    await expect(follow(trial, OLD, KERNEL)).rejects.toMatchObject({
      code: 'archive',
      message: `zfs: the images have 2.4.3 for ${OLD} and 2.4.4 for ${KERNEL}`,
    });
  });

  it('tells an image that is not there yet from one that was never there', async () => {
    await using waiting = await aTrial('oci:./cache:stable-{kernel}');
    await using wrong = await aTrial('oci:./cache:stabel');
    await put(waiting, akmodsImage(OLD));
    await put(wrong, akmodsImage(OLD));

    await expect(follow(waiting)).rejects.toMatchObject({ code: 'archive' });
    await expect(follow(wrong)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('refuses an image without the module, and names that are no names', async () => {
    await using trial = await aTrial();
    const { layers } = fedoraZfsImage(KERNEL);
    await put(trial, { labels: {}, layers: [{ 'a.rpm': aForeignKmod(KERNEL, { name: 'x' }) }] });
    await expect(follow(trial)).rejects.toMatchObject({ code: 'not-found' });

    const evil = aForeignKmod(KERNEL, { version: '9/9' });
    await put(trial, { labels: {}, layers: [...layers, { 'z.rpm': evil }] });
    await expect(follow(trial)).rejects.toMatchObject({ code: 'invalid-content' });
  });
});

function inputsWith(trial: Trial, module: TakenModule): RpmInputs {
  const stream = trial.context.stream.name;
  const { builder: _, ...rest } = anRpmInputs({ stream, modules: [module] });
  const kernels = module.images.map(({ kernel }) => kernel);
  const inputs = { ...rest, base: { ...rest.base, kernels } };
  return InputsV1.parse({ ...inputs, keys: keysOf(inputs, trial.context.stream) }) as RpmInputs;
}

/** Leaves what a run leaves. */
async function afterRun(image: Repository, inputs: RpmInputs): Promise<void> {
  await storeInputs(image, inputs);
  await storeRecord(image, {
    schema_version: 1,
    id: '20261120t073000z-1a2b',
    stream: inputs.stream,
    started: '2026-11-20T07:30:00.000Z',
    finished: '2026-11-20T07:30:00.000Z',
    outcome: 'failed',
    inputs: inputsDigest(inputs),
    steps: [],
  });
}

/** The kmods image for the first kernel. */
function buildFirst({ context }: Trial, inputs: RpmInputs) {
  const [key] = kmodsKeysOf(inputs);
  if (!key) throw new Error('no key');
  expect(key).toMatchObject({ compiler: 'none', recipe: 'take 2' });
  return build(context, {} as Buildah, { inputs, key });
}

describe('what was taken', () => {
  it('becomes a kmods image as if it had been built here', async () => {
    await using trial = await aTrial();
    const { context } = trial;
    await put(trial, akmodsImage(KERNEL));
    const inputs = inputsWith(trial, await follow(trial));

    const made = await buildFirst(trial, inputs);

    const { kmods } = context.ends;
    const { packages, layout } = await listRpms(kmods, made.digest);
    expect(layout).toBe('lockstep');
    expect(packages.map(({ path }) => path)).toEqual(NAMES);
    expect((await readMends(kmods, made)).map(({ mend }) => mend)).toEqual([
      'requirement',
      'script',
    ]);
    const { annotations } = (await readManifest(kmods, made)).manifest;
    expect(annotations?.[KMODS_ANNOTATION.module('zfs')]).toBe('2.4.3');
    expect(await validateRepository(kmods)).toEqual([]);
  });

  it('is refused when the packages are not what they must be', async () => {
    await using trial = await aTrial();
    const kmod = aForeignKmod(KERNEL, { requires: ['kernel-uname-r = 6.1'] });
    await put(trial, { labels: {}, layers: [{ 'a.rpm': kmod }] });
    const inputs = inputsWith(trial, await follow(trial));

    await expect(buildFirst(trial, inputs)).rejects.toMatchObject({
      code: 'build-failed',
      message: expect.stringContaining(`does not require kernel ${KERNEL}`),
    });
  });

  it('comes from the pool, from the image by its digest, and from the archive', async () => {
    await using trial = await aTrial();
    const { context, folder } = trial;
    await put(trial, akmodsImage(KERNEL));
    const module = await follow(trial);
    await put(trial, akmodsImage(OLD));

    const [kmod] = await moduleFiles(context, module);
    expect(digestOf(await readFile(kmod?.path ?? ''))).toBe(digestOf(aForeignKmod(KERNEL)));
    await rm(join(folder, 'cache'), { recursive: true });
    expect(await moduleFiles(context, module)).toHaveLength(3);
    const inputs = inputsWith(trial, module);
    const noPackages = {
      ...inputs,
      image: { ...inputs.image, packages: { ...inputs.image.packages, packages: [] } },
    };
    expect(await archiveInputs(context, noPackages)).toEqual({ files: 3, sent: 3 });
    await rm(context.folders.pool, { recursive: true });
    expect(await moduleFiles(context, module)).toHaveLength(3);

    await rm(context.folders.pool, { recursive: true });
    const { archive_inputs: _, ...publish } = context.stream.publish;
    const forgetful = { ...context, stream: { ...context.stream, publish } };
    await expect(moduleFiles(forgetful, module)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is not looked for again in an image that the last run has looked into', async () => {
    await using trial = await aTrial();
    const { context, cache, folder } = trial;
    const { document } = await openImage(cache, (await put(trial, akmodsImage(KERNEL))).digest);
    const module = await follow(trial);
    const inputs = inputsWith(trial, module);
    await afterRun(context.ends.image, inputs);
    for (const { digest } of document.manifest.layers) {
      await rm(join(folder, 'cache/blobs', digest.replace(':', '/')));
    }
    await rm(context.folders.work, { recursive: true });

    expect(await follow(trial)).toEqual(module);
    await expect(follow(trial, OLD)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is compared in locks by image and content', async () => {
    await using trial = await aTrial();
    await put(trial, fedoraZfsImage(KERNEL));
    const before = inputsWith(trial, await follow(trial));
    const images = [{ kernel: KERNEL, reference: 'oci:./cache:latest', digest: digestOf('y') }];
    const after = { ...before, modules: before.modules.map((one) => ({ ...one, images })) };

    const [change] = diffInputs(before, after).changes;

    expect(change).toMatchObject({ what: 'zfs image digest', to: digestOf('y') });
    expect(brokenSets(before)).toEqual([]);
  });
});
