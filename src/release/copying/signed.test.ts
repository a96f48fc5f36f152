import { beforeAll, describe, expect, it } from 'vitest';
import { SingleConfig } from '../../config/schema.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import type { Registry } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import { digestOf } from '../../system/digest.ts';
import { makeKeyPair } from '../../trust/key/signer.ts';
import { openTrust, type Trust } from '../context/trust.ts';
import { gateTerms } from '../gates/terms.ts';
import { keeperOf, requestOfStored } from '../promotion/by-hand.ts';
import { type Owner, thisProcess } from '../promotion/owner.ts';
import { promoteArtifacts } from '../promotion/promote.ts';
import { standingRecords } from '../promotion/record.ts';
import { dyingRegistry } from '../promotion/testing/dying.ts';
import { recordVerdict } from '../record/verdicts.ts';
import { copyProject } from './apply.ts';
import { proposeCopy } from './observe.ts';
import { repositoriesOf } from './repositories.ts';

const stream = SingleConfig.parse({
  version: 1,
  name: 'debian-zfs',
  base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
  modules: [{ name: 'zfs', debian: 'zfs-linux' }],
  publish: { registry: 'oci:store', image: 'image', kmods: 'kmods' },
  trust: { key: 'env:KEY', as: ['registry.example/image'] },
});
const project = import.meta.dirname;
const dead: Owner = { ...thisProcess(), start: '1' };
let clock = Date.parse('2026-11-20T08:00:00Z');
const now = () => new Date((clock += 1000));
let env: Record<string, string>;
let trust: Trust | undefined;

beforeAll(async () => {
  const { keyFile } = await makeKeyPair('password');
  env = { KEY: keyFile, COSIGN_PASSWORD: 'password' };
  trust = await openTrust(stream, { env, project, now });
});

/** An image that has passed every gate, by verdicts that are signed. */
async function composed(registry: Registry, seed: string): Promise<Descriptor> {
  const key = digestOf(seed);
  const image = await putImage(registry.repository('image'), {
    seed,
    tag: `candidate-${key.slice(7, 14)}-12`,
    annotations: {
      'dev.lockstep.kernel': `6.1.0-${seed}`,
      'dev.lockstep.image-key': key,
      'org.opencontainers.image.version': '12',
    },
  });
  for (const [gate, terms] of await gateTerms(stream, project)) {
    const verdict = { gate, terms, time: now().toISOString(), subject: image.digest, findings: [] };
    const seals = trust?.verdicts;
    await recordVerdict(registry.repository('image'), image, { ...verdict, result: 'pass', seals });
  }
  return image;
}

async function promote(registry: Registry, image: Descriptor, owner?: Owner): Promise<void> {
  const id = `20261120t080000z-${clock}`;
  const request = await requestOfStored(stream, registry, { id, reference: image.digest });
  const seals = trust?.verdicts;
  const mayPromote = await keeperOf(stream, registry, { project, env, seals });
  const options = { registry, mayPromote, now, seals: trust?.records };
  await promoteArtifacts(request, { ...options, ...(owner && { owner }) });
}

async function copyAll(from: Registry, to: Registry, variables = env): Promise<void> {
  const ends = { from, to };
  const plans = await proposeCopy(repositoriesOf([stream], {}), ends, {});
  await copyProject(plans, {
    ...ends,
    streams: [stream],
    promotionRegistry: to,
    project,
    env: variables,
    id: `20261120t100000z-${clock}`,
    now,
    signal: new AbortController().signal,
  });
}

/** A source, and a target where somebody died of a promotion when a tag had moved. */
async function aDeadPromotion() {
  const from = memoryRegistry();
  const one = await composed(from, 'one');
  await promote(from, one);
  for (let changes = 1; ; changes += 1) {
    const to = memoryRegistry();
    await copyAll(from, to);
    const two = await composed(to, 'two');
    await promote(dyingRegistry(to, changes), two, dead).catch(() => {});
    const moved = (await to.repository('image').resolve('latest'))?.digest === two.digest;
    if (moved) return { from, to, one, two };
  }
}

describe(copyProject, () => {
  it('signs the record of a promotion that it ends, and asks for the key to do that', async () => {
    const { from, to, one, two } = await aDeadPromotion();
    const image = to.repository('image');
    const recordsOf = async () => {
      const found = await standingRecords(image, two.digest, trust?.records);
      return found.filter(({ record: { plan } }) => plan.kind === 'promotion');
    };

    await expect(copyAll(from, to, {})).rejects.toThrow('the variable KEY is not set');
    expect((await image.resolve('latest'))?.digest).toBe(two.digest);
    expect(await recordsOf()).toEqual([]);
    await copyAll(from, to);

    expect((await recordsOf()).map(({ counts }) => counts)).toEqual([true]);
    expect((await image.resolve('latest'))?.digest).toBe(one.digest);
  });
});
