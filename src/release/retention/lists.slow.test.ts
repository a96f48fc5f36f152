import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../../oci/open/open.ts';
import type { Registry } from '../../oci/repository.ts';
import { serveByCrane } from '../../oci/testing/crane-registry.ts';
import {
  type RegistryServer,
  startDockerRegistry,
  whyNoRegistry,
} from '../../oci/testing/docker-registry.ts';
import { putImage } from '../../oci/testing/image.ts';
import {
  type Lists,
  type RewritingProxy,
  startRewritingProxy,
} from '../../oci/testing/rewriting-proxy.ts';
import { validateRepository } from '../../oci/validate.ts';
import { findPeer } from '../../system/testing/peers.ts';
import { readIntents } from '../promotion/intent.ts';
import { planRollback } from '../promotion/rollback.ts';
import { MAY_GO, putPromoted } from '../testing/promoted.ts';
import { applyCleanup, proposeCleanup } from './apply.ts';

const why = whyNoRegistry();
const now = () => new Date('2026-11-20T00:00:00Z');
const scope = { image: 'image', kmods: 'kmods', stable: ['latest', 'main-{os_version}'] };
const policy = { days: 30, newest: 0 };

const options = (registry: Registry) => ({ registry, scope, policy, now, patience: 1500 });

async function cleanUp(registry: Registry) {
  return applyCleanup(await proposeCleanup(options(registry)), options(registry));
}

describe.skipIf(why != null)(`cleanup on lists that proxies change ${why ?? ''}`, () => {
  let server: RegistryServer;
  let proxy: RewritingProxy;
  beforeAll(async () => {
    server = await startDockerRegistry();
    proxy = await startRewritingProxy(server.host);
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const open = (host: string, owner: string) =>
    openRegistry(`${host}/${owner}`, { env: {}, cwd: '/', deadline: 20_000 });

  it.each<Lists>(['path', 'query', 'internal', 'dropped'])(
    'removes what a whole list would let go: %s',
    async (lists) => {
      const direct = open(server.host, lists);
      await putPromoted(direct);
      const before = await direct.repository('image').tags();
      proxy.lists = lists;

      const { removed } = await cleanUp(open(proxy.host, lists));

      expect(removed.map(({ tags }) => tags)).toEqual([[MAY_GO]]);
      const rest = before.filter((tag) => tag !== MAY_GO);
      expect(await direct.repository('image').tags()).toEqual(rest);
      expect(await validateRepository(direct.repository('image'))).toEqual([]);
      const request = { id: 'back', repository: 'image', stable: ['latest'] };
      expect((await planRollback(open(proxy.host, lists), request, now())).moves).toHaveLength(2);
    },
  );

  it.each<Lists>(['missing', 'cut'])(
    'removes nothing on a list that is not whole: %s',
    async (lists) => {
      const direct = open(server.host, lists);
      await putPromoted(direct);
      const before = await direct.repository('image').tags();
      const plan = await proposeCleanup(options(direct));
      proxy.lists = lists;

      for (const size of [1, 2, 3, 5, 7]) {
        proxy.size = size;
        const through = options(open(proxy.host, lists));
        await expect(proposeCleanup(through), `pages of ${size}`).rejects.toMatchObject({
          code: 'registry',
        });
        await expect(applyCleanup(plan, through)).rejects.toMatchObject({ code: 'registry' });
      }
      expect(await direct.repository('image').tags()).toEqual(before);
    },
  );
});

describe('cleanup on a registry that keeps tags of what is deleted', () => {
  it("leaves no tags behind, and passes over those that are: go-containerregistry's", async ({
    skip,
  }) => {
    const peer = await findPeer('crane');
    if ('why' in peer) return skip(peer.why);
    await using server = await serveByCrane(peer.program);
    const registry = openRegistry(`${server.host}/me`, { env: {}, cwd: '/' });
    const image = registry.repository('image');
    await putPromoted(registry);
    expect((await image.tags()).filter((tag) => tag.startsWith('intent-'))).toEqual([]);

    const { removed, left } = await cleanUp(registry);

    expect(removed.map(({ tags }) => tags)).toEqual([[MAY_GO]]);
    expect(left).toEqual([]);
    expect(await image.tags()).not.toContain(MAY_GO);
    expect(await readIntents(image)).toEqual([]);
    // As other clients leave it.
    const lost = await putImage(image, { seed: 'lost', tag: 'candidate-1111111-12' });
    await image.delete(lost);
    const { kept } = await proposeCleanup(options(registry));
    expect(kept).toContainEqual({
      repository: 'image',
      name: 'candidate-1111111-12',
      reason: 'points to nothing',
    });
    return undefined;
  });
});

describe.skipIf(why != null)(`cleanup on a registry that removes nothing ${why ?? ''}`, () => {
  it('ends well, and tells once what is left of work that has ended', async () => {
    await using server = await startDockerRegistry({ keepsAll: true });
    const registry = openRegistry(`${server.host}/me`, { env: {}, cwd: '/' });
    const image = registry.repository('image');
    await putImage(image, { seed: 'stable', tag: 'latest' });

    await cleanUp(registry);
    const plan = await proposeCleanup(options(registry));
    const { removed, refused, left } = await applyCleanup(plan, options(registry));

    expect(plan.removals).toMatchObject([
      { repository: 'image', tags: [expect.any(String)], reason: expect.stringMatching('ended') },
      { repository: 'kmods', tags: [expect.any(String)] },
    ]);
    expect({ removed, left }).toEqual({ removed: [], left: [] });
    expect(refused).toEqual(
      plan.removals.flatMap(({ repository, tags }) => tags.map((tag) => `${repository}:${tag}`)),
    );
    expect(await readIntents(image)).toEqual([]);

    // Another image that may go is refused in so many words.
    await putImage(image, {
      seed: 'old',
      tag: MAY_GO,
      annotations: { 'org.opencontainers.image.created': '2026-01-01T00:00:00Z' },
    });
    await expect(cleanUp(registry)).rejects.toMatchObject({ code: 'unsupported' });
  });
});
