import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import type { Registry } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import type { Digest } from '../../system/digest.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import type { TagHistory } from '../../trust/chain/judge.ts';
import { sealsBy } from '../../trust/dsse/seals.ts';
import { aSigner } from '../../trust/testing/keys.ts';
import { recoverPromotions } from '../promotion/apply.ts';
import { thisProcess } from '../promotion/owner.ts';
import { attachRecord, PROMOTION_TYPE, recordLayer, standingRecords } from '../promotion/record.ts';
import { dyingRegistry } from '../promotion/testing/dying.ts';
import { applyCleanup, proposeCleanup } from '../retention/apply.ts';
import { aStream } from '../testing/inputs.ts';
import { Promotions } from '../testing/promotions.ts';
import { readHistory } from './history.ts';
import { keepHeads, readHeads } from './memory.ts';

const signer = aSigner();
const seals = sealsBy([signer.publicKey], signer);
const foreign = (() => {
  const other = aSigner();
  return sealsBy([other.publicKey], other);
})();
const stream = aStream({
  publish: { ...aStream().publish, image: 'image', kmods: 'kmods', stable: ['latest'] },
});

const historyOf = (registry: Registry, more: object = {}) =>
  readHistory(stream, { registry, seals, ...more });

/** `TAG: RULE` of everything that is found. */
const rulesOf = (histories: readonly TagHistory[]) =>
  histories.flatMap(({ tag, findings }) => findings.map(({ rule }) => `${tag}: ${rule}`));

async function threePromotions() {
  const promotions = new Promotions(memoryRegistry(), seals);
  const digests: Digest[] = [];
  for (const _ of [1, 2, 3]) digests.push(await promotions.promote());
  return { promotions, registry: promotions.registry, digests };
}

async function moveTo(registry: Registry, digest: Digest, tags = ['latest', 'main-12']) {
  const image = registry.repository('image');
  const descriptor = await image.resolve(digest);
  for (const tag of tags) if (descriptor) await image.tag(tag, descriptor);
}

/** Removes the record of a promotion from all that it is attached to. */
async function removeRecord(registry: Registry, id: string, digests: readonly Digest[]) {
  const image = registry.repository('image');
  for (const digest of digests) {
    for (const referrer of await image.referrers(digest, PROMOTION_TYPE)) {
      if (referrer.annotations?.['dev.lockstep.promotion'] === id) await image.delete(referrer);
    }
  }
}

describe(readHistory, () => {
  it.each([
    ['signed', seals],
    ['unsigned', undefined],
  ])(
    'finds nothing in 200 %s promotions and rollbacks',
    async (_, by) => {
      const promotions = new Promotions(memoryRegistry(), by);
      for (let at = 0; at < 200; at += 1) {
        if (at % 5 === 4) await promotions.rollBack();
        else await promotions.promote();
      }

      const histories = await readHistory(stream, { registry: promotions.registry, seals: by });

      expect(histories.map(({ tag }) => tag)).toEqual([
        'image:latest',
        'image:main-12',
        'kmods:main-12',
      ]);
      expect(rulesOf(histories)).toEqual([]);
      expect(histories[0]?.links.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 200 }, (_, at) => at + 1),
      );
      expect(histories[0]?.links.filter(({ kind }) => kind === 'rollback')).toHaveLength(40);
    },
    60_000,
  );

  it('names a tag that points where no promotion has moved it', async () => {
    const { registry, digests } = await threePromotions();
    await putImage(registry.repository('image'), { seed: 'foreign', tag: 'latest' });

    expect(rulesOf(await historyOf(registry))).toEqual(['image:latest: swapped']);
    expect((await historyOf(registry))[0]?.head).toMatchObject({ sequence: 3 });

    await moveTo(registry, digests[2] as Digest);
    expect(rulesOf(await historyOf(registry))).toEqual([]);
  });

  it('is not persuaded by a record of somebody else', async () => {
    const { registry, digests } = await threePromotions();
    const image = registry.repository('image');
    const { descriptor } = { descriptor: await putImage(image, { seed: 'foreign' }) };
    const [last] = await standingRecords(image, digests[2] as Digest, seals);
    if (last?.record.schema_version !== 2) throw new Error('no record');
    const moves = last.record.plan.moves
      .filter(({ repository }) => repository === 'image')
      .map((move) => ({ ...move, from: digests[2] as Digest, to: descriptor.digest }));
    const previous = { 'image:latest': last.digest, 'image:main-12': last.digest };
    const plan = { ...last.record.plan, id: 'r9999', moves };
    const record = { ...last.record, plan, sequence: 4, previous };
    for (const layer of [await recordLayer(record), await recordLayer(record, foreign)])
      await attachRecord(image, { subject: descriptor, tags: [] }, { record, layer });
    await moveTo(registry, descriptor.digest);

    expect(rulesOf(await historyOf(registry))).toEqual([
      'image:latest: swapped',
      'image:main-12: swapped',
    ]);
    expect(rulesOf(await historyOf(registry, { seals: undefined }))).toEqual([]);
  });

  it('names a tag that was taken back without a rollback', async () => {
    const { registry, digests } = await threePromotions();
    await moveTo(registry, digests[1] as Digest);

    const [latest] = await historyOf(registry, { tag: 'latest' });

    expect(latest?.findings).toMatchObject([
      {
        rule: 'silent-rollback',
        message: 'image:latest was taken back to r0001 and no record says so',
      },
    ]);
  });

  it('names two records after the same one', async () => {
    const { registry, digests } = await threePromotions();
    const image = registry.repository('image');
    const subject = await image.resolve(digests[2] as Digest);
    const [last] = await standingRecords(image, digests[2] as Digest, seals);
    if (last?.record.schema_version !== 2 || !subject) throw new Error('no record');
    const record = { ...last.record, plan: { ...last.record.plan, id: 'r0002b' } };
    const layer = await recordLayer(record, seals);
    await attachRecord(image, { subject, tags: [] }, { record, layer });

    expect(rulesOf(await historyOf(registry))).toEqual([
      'image:latest: fork',
      'image:main-12: fork',
    ]);
  });

  it('names a record that was removed', async () => {
    const { registry, digests } = await threePromotions();
    await removeRecord(registry, 'r0001', digests);

    expect(rulesOf(await historyOf(registry))).toEqual(['image:latest: gap', 'image:main-12: gap']);
  });

  it('names a newest record that was removed, for who remembers it', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'seen.json');
    const { registry, digests, promotions } = await threePromotions();
    await keepHeads(file, await readHeads(file), await historyOf(registry));
    await removeRecord(registry, 'r0002', digests);
    await moveTo(registry, digests[1] as Digest);

    expect(rulesOf(await historyOf(registry))).toEqual([]);
    const remembered = await readHeads(file);
    const cut = await historyOf(registry, { remembered });
    expect(rulesOf(cut)).toEqual(['image:latest: cut-short', 'image:main-12: cut-short']);

    // What is wrong does not take the place of what was seen.
    await keepHeads(file, remembered, cut);
    expect(await readHeads(file)).toEqual(remembered);
    await promotions.promote();
    expect(rulesOf(await historyOf(registry, { remembered }))).toContain('image:latest: cut-short');
  });

  it('finds nothing after a promotion that died at any step was seen to', async () => {
    for (let step = 1; ; step += 1) {
      const promotions = new Promotions(memoryRegistry(), seals);
      const { registry } = promotions;
      await promotions.promote();
      const dead = { ...thisProcess(), pid: 0x7fffffff, start: '1' };
      const died = await promotions.promote(dead, dyingRegistry(registry, step)).then(
        () => false,
        () => true,
      );

      const half = await historyOf(registry);
      expect(rulesOf(half).filter((rule) => !rule.endsWith('under-way'))).toEqual([]);
      const now = () => new Date('2026-11-20T09:00:00Z');
      const options = { registry, seals, mayPromote: async () => [], now };
      await recoverPromotions(['image', 'kmods'], options);
      expect(rulesOf(await historyOf(registry))).toEqual([]);
      await promotions.promote();
      expect(rulesOf(await historyOf(registry))).toEqual([]);
      if (!died) break;
    }
  }, 60_000);

  it('does not see to an intent that somebody else has written', async () => {
    const { registry, digests } = await threePromotions();
    const evil = new Promotions(registry, foreign);
    const dead = { ...thisProcess(), pid: 0x7fffffff, start: '1' };
    for (let at = 0; at < 3; at += 1) await evil.promote().catch(() => {});
    expect(digests).toHaveLength(3);
    await evil.promote(dead, dyingRegistry(registry, 22)).catch(() => {});

    const now = () => new Date('2026-11-20T09:00:00Z');
    const options = { registry, seals, mayPromote: async () => [], now };
    await recoverPromotions(['image', 'kmods'], options);

    expect(rulesOf(await historyOf(registry)).every((rule) => rule.endsWith('swapped'))).toBe(true);
    expect(rulesOf(await historyOf(registry))).toContain('image:latest: swapped');
  });

  it('takes what a cleanup has removed for no gap', async () => {
    const promotions = new Promotions(memoryRegistry(), seals);
    for (let at = 0; at < 8; at += 1) {
      if (at === 4) await promotions.rollBack();
      else await promotions.promote();
    }
    const { registry } = promotions;
    const scope = { image: 'image', kmods: 'kmods', stable: ['latest', 'main-12'] };
    const now = () => new Date('2027-11-20T09:00:00Z');
    const options = { registry, scope, policy: { days: 1, newest: 0, rollbacks: 2 }, now };
    const { removed } = await applyCleanup(await proposeCleanup(options), options);

    expect(removed.length).toBeGreaterThan(3);
    const histories = await historyOf(registry);
    expect(rulesOf(histories)).toEqual([]);
    expect(histories[0]?.links.length).toBeLessThan(8);
  });

  it('goes on from records of version 1, which a signed one vouches for', async () => {
    const registry = memoryRegistry();
    const image = registry.repository('image');
    const old = await putImage(image, { seed: 'old', tag: 'latest' });
    const move = { repository: 'image', tag: 'latest', from: null, to: old.digest };
    const created = '2026-10-01T00:00:00.000Z';
    const plan = { id: 'q1', kind: 'promotion', created, artifacts: [], copies: [], audits: [] };
    const record = { schema_version: 1, plan: { ...plan, moves: [move] }, finished: created };
    const bytes = Buffer.from(JSON.stringify(record));
    const layer = { mediaType: PROMOTION_TYPE, bytes };
    await attachRecord(
      image,
      { subject: old, tags: ['latest'] },
      { record: record as never, layer },
    );
    expect(rulesOf(await historyOf(registry))).toEqual(['image:latest: unsigned']);
    expect(rulesOf(await historyOf(registry, { seals: undefined }))).toEqual([]);

    await new Promotions(registry, undefined).promote();
    const [latest] = await historyOf(registry, { seals: undefined });

    expect(latest?.links.map(({ id, sequence }) => [id, sequence])).toEqual([
      ['q1', 0],
      ['r0000', 1],
    ]);
    expect(latest?.findings).toEqual([]);
  });
});
