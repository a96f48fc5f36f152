import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFlist } from '../../flist/testing/flist.ts';
import type { GateName } from '../../gate/verdict.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { putImage } from '../../oci/testing/image.ts';
import { digestOfFile } from '../../system/digest.ts';
import { silent } from '../../system/event.ts';
import { MAIN } from '../channel/channel.ts';
import { runContext } from '../context/new-run.ts';
import { recordFlists } from '../flists/of-image.ts';
import { storeFlist } from '../flists/stored.ts';
import { recordVerdict } from '../record/verdicts.ts';
import { aDebianInputs, aStream } from '../testing/inputs.ts';
import { keeperOf } from './by-hand.ts';
import { promote } from './step.ts';

const GATES = new Map<GateName, string>([['flists', 'flists v1']]);
const content = { kind: 'modules', kernel: '6.1.0-56-cloud-amd64' } as const;
const TAG = 'modules-6.1.0-56-cloud-amd64-latest';
const now = () => new Date('2026-11-20T08:00:00Z');

/** A stream with one packed folder, and what promotes an image with it or without. */
async function aStore() {
  const flist = await aFlist((folder) => writeFileSync(join(folder, 'dummy.ko'), 'a module'));
  const stream = aStream({ flists: { store: `dir://${flist.store}` } });
  const registry = memoryRegistry();
  const context = runContext(stream, {
    id: '20261120t080000z-aaaa',
    registry,
    channel: MAIN,
    project: flist.work.path,
    env: {},
    now,
    emit: silent,
    signal: new AbortController().signal,
  });
  const { image, flists } = context.ends;
  const candidate = await putImage(image, { tag: 'candidate-1' });
  await recordVerdict(image, candidate, {
    gate: 'flists',
    terms: 'flists v1',
    result: 'pass',
    time: now().toISOString(),
    findings: [],
    subject: candidate.digest,
  });
  const note = async () => {
    const { digest } = await digestOfFile(flist.manifest);
    const made = { content, file: flist.manifest, digest, stored: 1, reused: 0 };
    const options = { routes: [], project: flist.work.path, now };
    if (!flists) throw new Error('no repository of flists');
    const stored = await storeFlist(flists, { ...made, gates: new Map() }, options);
    await recordFlists(image, candidate, { flists: [stored], created: now() });
  };
  return {
    note,
    flist,
    stream,
    registry,
    promote: () =>
      promote(context, registry, { inputs: aDebianInputs(), kmods: [], candidate, gates: GATES }),
    tags: async () => [
      (await image.resolve('latest'))?.digest === candidate.digest,
      (await flists?.resolve(TAG)) != null,
    ],
  };
}

describe('flists of an image', () => {
  it('move with it, before it', async () => {
    const store = await aStore();
    await using _ = store.flist;
    await store.note();

    const { moves } = await store.promote();

    expect(await store.tags()).toEqual([true, true]);
    expect(moves.map(({ tag }) => tag)).toEqual([TAG, 'latest', 'main-12']);
  });

  it('hold it where nothing says which they are, and where a block is gone', async () => {
    const store = await aStore();
    await using _ = store.flist;

    await expect(store.promote()).rejects.toMatchObject({ code: 'not-found' });
    await store.note();
    rmSync(store.flist.store, { recursive: true });
    await expect(store.promote()).rejects.toThrow(/no route has the block/);

    expect(await store.tags()).toEqual([false, false]);
  });

  it('are asked for their own passes, not for those of the image', async () => {
    const store = await aStore();
    await using _ = store.flist;
    await store.note();
    await store.promote();
    const project = store.flist.work.path;
    const keeper = await keeperOf(store.stream, store.registry, {
      project,
      env: {},
      seals: undefined,
    });
    const repository = store.registry.repository(`${store.stream.publish.image}-flists`);

    const digest = (await repository.resolve(TAG))?.digest;

    expect(digest && (await keeper(repository, digest))).toEqual([]);
  });
});
