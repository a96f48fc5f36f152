import { describe, expect, it } from 'vitest';
import { SingleConfig, type Stream } from '../../config/schema.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { openLayoutRegistry } from '../../oci/layout/layout.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { digestTag } from '../../oci/reference.ts';
import type { Registry } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import { validateRepository } from '../../oci/validate.ts';
import { digestOf } from '../../system/digest.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { gateTerms } from '../gates/terms.ts';
import { keeperOf, requestOfStored } from '../promotion/by-hand.ts';
import { type Owner, thisProcess } from '../promotion/owner.ts';
import { afterRecovery, promoteArtifacts } from '../promotion/promote.ts';
import { planRollback } from '../promotion/rollback.ts';
import { dyingRegistry } from '../promotion/testing/dying.ts';
import { recordVerdict } from '../record/verdicts.ts';
import { copyProject } from './apply.ts';
import { proposeCopy } from './observe.ts';
import { repositoriesOf } from './repositories.ts';

const stream: Stream = SingleConfig.parse({
  version: 1,
  name: 'debian-zfs',
  base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
  modules: [{ name: 'zfs', debian: 'zfs-linux' }],
  publish: { registry: 'oci:store', image: 'image', kmods: 'kmods' },
});
const project = import.meta.dirname;
/** An owner that this machine knows to be gone. */
const dead: Owner = { ...thisProcess(), start: '1' };
let clock = Date.parse('2026-11-20T08:00:00Z');
const now = () => new Date((clock += 1000));
const { signal } = new AbortController();

/** A kmods image and an OS image with it that has passed every gate. */
async function composed(registry: Registry, seed: string): Promise<Descriptor> {
  const kmods = await putImage(registry.repository('kmods'), {
    seed: `kmods ${seed}`,
    tag: `key-${digestOf(seed).slice(7, 19)}`,
  });
  const key = digestOf(seed);
  const image = await putImage(registry.repository('image'), {
    seed,
    tag: `candidate-${key.slice(7, 14)}-12`,
    annotations: {
      'dev.lockstep.kmods': `6.1.0-${seed}=${kmods.digest}`,
      'dev.lockstep.kernel': `6.1.0-${seed}`,
      'dev.lockstep.image-key': key,
      'org.opencontainers.image.version': '12',
    },
  });
  for (const [gate, terms] of await gateTerms(stream, project)) {
    const time = now().toISOString();
    const verdict = { gate, terms, time, subject: image.digest, findings: [] };
    await recordVerdict(registry.repository('image'), image, { ...verdict, result: 'pass' });
  }
  return image;
}

async function promote(registry: Registry, image: Descriptor, id: string): Promise<void> {
  const request = await requestOfStored(stream, registry, { id, reference: image.digest });
  const mayPromote = await keeperOf(stream, registry, { project, env: {}, seals: undefined });
  await promoteArtifacts(request, { registry, mayPromote, now });
}

async function rollBack(registry: Registry): Promise<void> {
  const request = { id: `20261120t090000z-${clock}`, repository: 'image', stable: ['latest'] };
  const mayPromote = await keeperOf(stream, registry, {
    project,
    env: {},
    anyTerms: true,
    seals: undefined,
  });
  const planIt = () => planRollback(registry, request, now());
  await afterRecovery(['image', 'kmods'], planIt, { registry, mayPromote, now });
}

/** Two promotions, a signature, and a tag of somebody else. */
async function aStore(registry: Registry) {
  const one = await composed(registry, 'one');
  const two = await composed(registry, 'two');
  await promote(registry, one, '20261120t080000z-aaaa');
  await promote(registry, two, '20261120t081000z-bbbb');
  const image = registry.repository('image');
  await putImage(image, { seed: 'signature', tag: digestTag(two.digest, '.sig') });
  await putImage(image, { seed: 'mine', tag: 'mine' });
  return { one, two };
}

async function copyAll(
  from: Registry,
  to: Registry,
  options: { all?: boolean; owner?: Owner } = {},
) {
  const ends = { from, to };
  const plans = await proposeCopy(repositoriesOf([stream], options), ends, options);
  const id = `20261120t100000z-${clock}`;
  const { owner } = options;
  const rest = {
    streams: [stream],
    promotionRegistry: to,
    project,
    env: {},
    id,
    now,
    signal,
    owner,
  };
  return { plans, ...(await copyProject(plans, { ...ends, ...rest })) };
}

const at = async (registry: Registry, tag: string) =>
  (await registry.repository('image').resolve(tag))?.digest;

describe(copyProject, () => {
  it('brings everything that belongs to a project, so that a rollback works there', async () => {
    await using folder = await temporaryFolder();
    const [from, to] = [memoryRegistry(), openLayoutRegistry(folder.path)];
    const { one, two } = await aStore(from);

    const { moved } = await copyAll(from, to);

    expect(Object.keys(moved)).toEqual([
      'kmods:main-12-6.1.0-one',
      'kmods:main-12-6.1.0-two',
      'image:latest',
      'image:main-12',
    ]);
    const own = (await from.repository('image').tags()).filter((tag) => tag !== 'mine');
    const lists = [one, two].map(({ digest }) => digestTag(digest));
    expect(await to.repository('image').tags()).toEqual([...own, ...lists].sort());
    for (const name of ['image', 'kmods']) {
      expect(await validateRepository(to.repository(name))).toEqual([]);
    }
    expect(await at(to, 'latest')).toBe(two.digest);
    await rollBack(to);
    expect(await at(to, 'latest')).toBe(one.digest);
  });

  it('has nothing to do the second time, and takes along what came since', async () => {
    const [from, to] = [memoryRegistry(), memoryRegistry()];
    const { one } = await aStore(from);
    await copyAll(from, to);

    const again = await copyAll(from, to, { all: true });

    expect(again).toMatchObject({ copied: 1, moved: {} });
    expect(await at(to, 'mine')).toBeDefined();
    await rollBack(from);
    const { moved } = await copyAll(from, to);
    expect(moved).toMatchObject({ 'image:latest': one.digest });
    expect(await copyAll(from, to)).toMatchObject({ copied: 0, moved: {} });
  });

  it('moves no tag that hosts follow to an image without a pass, and copies the rest', async () => {
    const [from, to] = [memoryRegistry(), memoryRegistry()];
    const image = await putImage(from.repository('image'), { tag: 'candidate-1234567-12' });
    await from.repository('image').tag('latest', image);

    await expect(copyAll(from, to)).rejects.toMatchObject({
      code: 'gate-failed',
      hint: expect.stringContaining(`lockstep prove ${image.digest}`),
    });

    expect(await at(to, 'candidate-1234567-12')).toBe(image.digest);
    expect(await at(to, 'latest')).toBeUndefined();
    expect(await to.repository('image').tags()).toEqual(['candidate-1234567-12']);
  });

  it('goes on where it was killed, and leaves nothing that is not whole at any moment', async () => {
    const from = memoryRegistry();
    const { two } = await aStore(from);
    const wanted = memoryRegistry();
    await copyAll(from, wanted);
    const tags = await wanted.repository('image').tags();

    for (let changes = 1; ; changes += 7) {
      const to = memoryRegistry();
      const died = await copyAll(from, dyingRegistry(to, changes), { owner: dead }).then(
        () => false,
        () => true,
      );
      expect(await validateRepository(to.repository('image'))).toEqual([]);
      if (!died) break;
      await copyAll(from, to);
      expect(await to.repository('image').tags()).toEqual(tags);
      expect(await at(to, 'latest')).toBe(two.digest);
    }
  });

  it('leaves a source alone where somebody is at work, and one that is empty', async () => {
    const from = memoryRegistry();
    await expect(copyAll(from, memoryRegistry())).rejects.toMatchObject({ code: 'not-found' });
    await aStore(from);
    const { promise, resolve } = Promise.withResolvers<void>();
    const three = await composed(from, 'three');
    const request = await requestOfStored(stream, from, { id: 'x', reference: three.digest });
    const mayPromote = async () => {
      await promise;
      return [];
    };
    const running = promoteArtifacts(request, { registry: from, mayPromote, now });

    await expect
      .poll(async () =>
        (await from.repository('image').tags()).some((tag) => tag.startsWith('intent-')),
      )
      .toBe(true);
    await expect(copyAll(from, memoryRegistry())).rejects.toMatchObject({ code: 'busy' });
    resolve();
    await running;
  });
});
