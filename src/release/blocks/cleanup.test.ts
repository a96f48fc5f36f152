import { mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STORED_LIMIT } from '../../flist/block/codec.ts';
import { packFolder } from '../../flist/pack/pack.ts';
import { parseRoute } from '../../flist/store/route.ts';
import { connection } from '../../flist/testing/flist.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { digestOfFile } from '../../system/digest.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { handOutFollowed } from '../flists/followed.ts';
import { flistTag } from '../flists/names.ts';
import { storeFlist } from '../flists/stored.ts';
import { applyCleanup, proposeCleanup } from '../retention/apply.ts';
import { type BlockOptions, proposeBlocks, removeBlocks } from './cleanup.ts';

const made = () => new Date('2026-01-01T00:00:00Z');
const now = () => new Date('2026-11-20T00:00:00Z');
const policy = { days: 30, newest: 0, rollbacks: 0 };

/** A store with the flists of two kernels, of which machines follow the second; they share a block. */
async function aStore() {
  const work = await temporaryFolder();
  const store = join(work.path, 'store');
  const registry = memoryRegistry();
  const places = {
    stores: [parseRoute(`dir://${store}`)],
    routes: [parseRoute(`dir://${store}`)],
    manifests: { store: `dir://${store}`, folder: 'manifests' },
  };
  const pack = async (kernel: string, repository = 'flists', links = 0) => {
    const folder = join(work.path, kernel);
    mkdirSync(folder);
    for (let at = 0; at < links; at++)
      symlinkSync('own.ko', join(folder, `${'link'.repeat(50)}-${at}`));
    writeFileSync(join(folder, 'shared.ko'), 'the same in all');
    writeFileSync(join(folder, 'own.ko'), `of ${kernel}`);
    const file = join(work.path, `modules-${kernel}.fl`);
    const { stored } = await packFolder(
      { folder, manifest: file, stores: places.stores },
      connection,
    );
    const content = { kind: 'modules', kernel } as const;
    const { digest } = await digestOfFile(file);
    const flist = { content, file, digest, stored, reused: 0, gates: new Map() };
    const options = { routes: places.routes, project: work.path, now: made };
    const known = await storeFlist(registry.repository(repository), flist, options);
    return registry.repository(repository).resolve(known.digest);
  };
  const follow = async (kernel: string, links = 0) => {
    const stored = await pack(kernel, 'flists', links);
    const tag = flistTag({ kind: 'modules', kernel });
    if (stored) await registry.repository('flists').tag(tag, stored);
    await handOutFollowed(registry.repository('flists'), { ...connection, places });
  };
  const files = () => readdirSync(store, { recursive: true, encoding: 'utf8' });
  const age = (days: number) => {
    const at = now().getTime() / 1000 - days * 86_400;
    for (const name of files()) utimesSync(join(store, name), at, at);
  };
  const options: BlockOptions = {
    ...connection,
    registry,
    repository: 'flists',
    others: [],
    places,
    now,
  };
  const scope = { image: 'image', kmods: 'kmods', flists: 'flists', stable: [] };
  const cleanup = { registry, scope, policy, now };
  const blocks = () => files().filter((name) => /[0-9a-f]{64}$/.test(name)).length;
  return { work, store, registry, pack, follow, age, files, blocks, options, cleanup };
}

describe('a cleanup with flists', () => {
  it('removes what only flists that go need, in the store before in the registry', async () => {
    const { work, pack, follow, age, blocks, options, cleanup, registry } = await aStore();
    await using _ = work;
    await pack('6.1');
    await follow('6.2');
    age(2);
    const plan = await proposeCleanup(cleanup);
    expect(plan.removals.flatMap(({ tags }) => tags)).toEqual([
      expect.stringMatching(/^candidate-[0-9a-f]{7}-modules-6\.1$/),
    ]);
    const planned = await proposeBlocks(plan.removals, options);
    expect(planned.stores.map((one) => one.blocks.length)).toEqual([1]);

    await applyCleanup(plan, { ...cleanup, beforeRemoval: () => removeBlocks(planned, options) });

    expect(blocks()).toBe(2);
    expect(await registry.repository('flists').tags()).toContain('modules-6.2-latest');
  });

  it('reads manifests that are larger than a block', async () => {
    const { work, store, pack, follow, age, options, cleanup } = await aStore();
    await using _ = work;
    await pack('6.1');
    await follow('6.2', 1500);
    age(2);
    const { removals } = await proposeCleanup(cleanup);

    const { stores } = await proposeBlocks(removals, options);

    expect(statSync(join(store, 'manifests/modules-6.2.fl')).size).toBeGreaterThan(STORED_LIMIT);
    expect(stores.map((one) => one.blocks.length)).toEqual([1]);
  });

  it('takes a manifest away that machines could fetch, and no block of one that stays there', async () => {
    const { work, follow, age, files, options, cleanup, registry } = await aStore();
    await using _ = work;
    await follow('6.1');
    await follow('6.2');
    await registry.repository('flists').untag('modules-6.1-latest');
    age(2);

    const { removals } = await proposeCleanup(cleanup);
    const plan = await proposeBlocks(removals, options);
    await removeBlocks(plan, options);

    expect(plan.manifests.sort()).toEqual([
      'manifests/modules-6.1-latest.fl',
      'manifests/modules-6.1.fl',
    ]);
    expect(files().filter((name) => name.includes('modules-6.1'))).toEqual([]);
    expect(files()).toContain('manifests/modules-6.2-latest.fl.sha256');
  });

  it.each([
    ['of another stream', async ({ pack }: Store) => void (await pack('6.3', 'other'))],
    ['that is young', async ({ age }: Store) => age(0.5)],
  ])('leaves a block %s', async (_name, change) => {
    const store = await aStore();
    await using _ = store.work;
    await store.pack('6.1');
    store.age(2);
    await change(store);
    const others = [{ registry: store.registry, repository: 'other' }];
    const { removals } = await proposeCleanup(store.cleanup);

    const { stores } = await proposeBlocks(removals, { ...store.options, others });

    const isShared = _name === 'of another stream';
    expect(stores[0]?.blocks.length).toBe(isShared ? 1 : 0);
  });

  it('removes nothing where a manifest in the store cannot be read', async () => {
    const { work, store, pack, age, blocks, options, cleanup } = await aStore();
    await using _ = work;
    await pack('6.1');
    mkdirSync(join(store, 'manifests'));
    writeFileSync(join(store, 'manifests/theirs.fl'), 'no flist');
    age(2);
    const { removals } = await proposeCleanup(cleanup);

    await expect(proposeBlocks(removals, options)).rejects.toThrow(
      /theirs\.fl is not a sound flist/,
    );

    expect(blocks()).toBe(2);
  });
});

type Store = Awaited<ReturnType<typeof aStore>>;
