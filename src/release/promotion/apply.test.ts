import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import type { Registry } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import { validateRepository } from '../../oci/validate.ts';
import type { Digest } from '../../system/digest.ts';
import { applyPromotion, recoverPromotions } from './apply.ts';
import { rollbackFrom } from './decisions.ts';
import { INTENT_TAG } from './intent.ts';
import { thisProcess } from './owner.ts';
import { observeTags, type PromotionRequest, planPromotion } from './plan.ts';
import { readPromotions } from './record.ts';
import { planRollback } from './rollback.ts';
import { dyingRegistry } from './testing/dying.ts';

const now = () => new Date('2026-11-20T08:00:00Z');
const mayPromote = async () => [];
/** An owner that this machine knows to be gone. */
const dead = { ...thisProcess(), pid: 0x7fffffff, start: '1' };

async function requestOf(registry: Registry, id: string): Promise<PromotionRequest> {
  const image = await putImage(registry.repository('image'), { seed: `image ${id}` });
  const kmods = await putImage(registry.repository('cache'), { seed: `kmods ${id}` });
  const audit = [`stable-${id}-${image.digest.slice(7, 14)}`];
  return {
    id,
    artifacts: [
      { repository: 'kmods', source: 'cache', digest: kmods.digest, audit, moving: ['main'] },
      { repository: 'image', digest: image.digest, audit, moving: ['latest', 'main-12'] },
    ],
  };
}

async function planOf(registry: Registry, id: string) {
  const request = await requestOf(registry, id);
  return planPromotion(request, await observeTags(registry, request), now());
}

async function promote(registry: Registry, id: string) {
  const plan = await planOf(registry, id);
  await applyPromotion(plan, { registry, mayPromote, now });
  return plan;
}

async function tagsOf(registry: Registry): Promise<(Digest | undefined)[]> {
  const [image, kmods] = [registry.repository('image'), registry.repository('kmods')];
  const all = [kmods.resolve('main'), image.resolve('latest'), image.resolve('main-12')];
  return (await Promise.all(all)).map((descriptor) => descriptor?.digest);
}

describe('applyPromotion', () => {
  it('moves all tags to audited digests, and leaves no intent', async () => {
    const registry = memoryRegistry();
    const plan = await promote(registry, 'run1');

    expect(await tagsOf(registry)).toEqual(plan.moves.map(({ to }) => to));
    for (const { repository, tag, digest } of plan.audits) {
      expect((await registry.repository(repository).resolve(tag))?.digest).toBe(digest);
    }
    for (const name of ['image', 'kmods']) {
      const repository = registry.repository(name);
      expect((await repository.tags()).filter((tag) => INTENT_TAG.test(tag))).toEqual([]);
      expect(await validateRepository(repository)).toEqual([]);
    }
    const [record] = await readPromotions(registry.repository('image'), plan.moves[1]!.to);
    expect(record?.plan).toEqual(plan);
  });

  it('moves nothing when something stands against it', async () => {
    const registry = memoryRegistry();
    const first = await promote(registry, 'run1');
    const plan = await planOf(registry, 'run2');
    const finding = { rule: 'x', severity: 'error', message: 'boot failed' } as const;

    const applied = applyPromotion(plan, { registry, now, mayPromote: async () => [finding] });

    await expect(applied).rejects.toMatchObject({ code: 'gate-failed', message: 'boot failed' });
    for (const { repository, tag } of plan.audits) {
      expect(await registry.repository(repository).resolve(tag)).toBeUndefined();
    }
    expect(await tagsOf(registry)).toEqual(first.moves.map(({ to }) => to));
  });

  it('stops when a tag is not where the plan saw it', async () => {
    const registry = memoryRegistry();
    await promote(registry, 'run1');
    const plan = await planOf(registry, 'run2');
    const foreign = await putImage(registry.repository('image'), {
      seed: 'foreign',
      tag: 'latest',
    });

    const applied = applyPromotion(plan, { registry, now, mayPromote });

    await expect(applied).rejects.toMatchObject({ code: 'conflict', context: { tag: 'latest' } });
    expect((await tagsOf(registry))[1]).toBe(foreign.digest);
  });

  it('leaves the old or the new whole, whichever step it dies at', async () => {
    const outcomes = new Set<string>();
    for (let step = 1; ; step += 1) {
      const registry = memoryRegistry();
      const first = await promote(registry, 'run1');
      const plan = await planOf(registry, 'run2');
      const dying = dyingRegistry(registry, step);
      const died = await applyPromotion(plan, { registry: dying, mayPromote, now, owner: dead })
        .then(() => false)
        .catch(() => true);

      const recoveries = await recoverPromotions(['image', 'kmods'], { registry, mayPromote, now });

      const [old, fresh] = [first, plan].map(({ moves }) => moves.map(({ to }) => to));
      expect([old, fresh]).toContainEqual(await tagsOf(registry));
      expect(await validateRepository(registry.repository('image'))).toEqual([]);
      for (const { outcome } of recoveries) outcomes.add(outcome);
      if (!died) break;
    }
    expect([...outcomes].sort()).toEqual(['finished', 'not-begun']);
  });

  it('undoes what may not be finished any more', async () => {
    const registry = memoryRegistry();
    const first = await promote(registry, 'run1');
    const plan = await planOf(registry, 'run2');
    await dieAfterFirstMove(registry, plan);
    const revoked = async () => [{ rule: 'x', severity: 'error', message: 'revoked' }] as const;

    const recoveries = await recoverPromotions(['image', 'kmods'], {
      registry,
      now,
      mayPromote: async () => [...(await revoked())],
    });

    expect(recoveries).toMatchObject([{ outcome: 'undone' }]);
    expect(await tagsOf(registry)).toEqual(first.moves.map(({ to }) => to));
  });

  it('says so when somebody else moved a tag of a half-done promotion, once', async () => {
    const registry = memoryRegistry();
    await promote(registry, 'run1');
    const plan = await planOf(registry, 'run2');
    await dieAfterFirstMove(registry, plan);
    await putImage(registry.repository('image'), { seed: 'foreign', tag: 'latest' });
    const options = { registry, now, mayPromote };

    await expect(recoverPromotions(['image', 'kmods'], options)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await recoverPromotions(['image', 'kmods'], options)).toEqual([]);
  });

  it('waits for a living one and gives up when it takes too long', async () => {
    const registry = memoryRegistry();
    const plan = await planOf(registry, 'run1');
    const elsewhere = { machine: 'another', pid: 1, start: '1' };
    await dieAfterFirstMove(registry, plan, elsewhere);
    const options = { registry, now, mayPromote, patience: 50 };

    await expect(recoverPromotions(['image'], options)).rejects.toMatchObject({ code: 'busy' });
    const later = () => new Date(now().getTime() + 3_600_000);
    expect(await recoverPromotions(['image'], { ...options, now: later })).toHaveLength(1);
  });
});

describe('planRollback', () => {
  it('goes back with everything that was promoted together, and back again by name', async () => {
    const registry = memoryRegistry();
    const first = await promote(registry, 'run1');
    const second = await promote(registry, 'run2');
    const request = { id: 'back', repository: 'image', stable: ['latest'] };

    const plan = await planRollback(registry, request, now());
    await applyPromotion(plan, { registry, mayPromote, now });

    expect(await tagsOf(registry)).toEqual(first.moves.map(({ to }) => to));
    const left = second.moves[1]!.to;
    expect((await rollbackFrom(registry.repository('image'), left))?.plan.id).toBe('back');
    const audit = second.audits[1]!.tag;
    const forth = await planRollback(registry, { ...request, id: 'forth', audit }, now());
    await applyPromotion(forth, { registry, mayPromote, now: () => new Date(now().getTime() + 1) });
    expect(await tagsOf(registry)).toEqual(second.moves.map(({ to }) => to));
  });

  it('says when there is nothing to go back to', async () => {
    const registry = memoryRegistry();
    await promote(registry, 'run1');
    const request = { id: 'back', repository: 'image', stable: ['latest'] };

    await expect(planRollback(registry, request, now())).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

async function dieAfterFirstMove(
  registry: Registry,
  plan: Awaited<ReturnType<typeof planOf>>,
  owner = dead,
): Promise<void> {
  const before = await tagsOf(registry);
  for (let step = 1; step < 1000; step += 1) {
    const dying = dyingRegistry(registry, step);
    await applyPromotion(plan, { registry: dying, mayPromote, now, owner }).catch(() => {});
    const moved = (await tagsOf(registry)).filter((digest, index) => digest !== before[index]);
    if (moved.length > 0) return;
    const later = () => new Date(now().getTime() + 3_600_000);
    await recoverPromotions(['image', 'kmods'], { registry, mayPromote, now: later });
  }
}
