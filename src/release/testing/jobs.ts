import { openRegistry } from '../../oci/open/open.ts';
import type { Registry } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import type { Digest } from '../../system/digest.ts';
import { applyPromotion } from '../promotion/apply.ts';
import { observeTags, type PromotionRequest, planPromotion } from '../promotion/plan.ts';
import { applyCleanup, proposeCleanup } from '../retention/apply.ts';
import { type FlistJob, packOnce, publishOnce } from './flist-job.ts';
import { promoteSigned, type SignedPromotion } from './signed-promotion.ts';

/** What a worker process is told to do; several do it to the same registry at a time. */
export type Job =
  | { work: 'promote'; location: string; id: string; image?: Digest; kmods?: Digest }
  | { work: 'clean'; location: string }
  | ({ work: 'sign' } & SignedPromotion)
  | FlistJob
  /** Nothing: a process that answers has loaded what it needs. */
  | { work: 'wake' };

export interface Outcome {
  id: string;
  /** `done`, or the code of the error. */
  result: string;
  message: string;
}

/** The tags that hosts follow in these tests. */
export const MOVING = [
  { repository: 'kmods', tag: 'main' },
  { repository: 'image', tag: 'latest' },
  { repository: 'image', tag: 'main-12' },
] as const;

export const SCOPE = { image: 'image', kmods: 'kmods', stable: ['latest', 'main-12'] };

const now = () => new Date();

/** Does a job; throws what goes wrong. */
export async function doJob(job: Job): Promise<void> {
  if (job.work === 'wake') return;
  if (job.work === 'pack') return packOnce(job);
  const registry = openRegistry(job.location, { env: {}, cwd: '/', deadline: 60_000 });
  if (job.work === 'publish') return publishOnce(registry, job);
  if (job.work === 'sign') return promoteSigned(registry, job);
  await (job.work === 'promote' ? promote(registry, job) : clean(registry));
}

async function promote(registry: Registry, job: Job & { work: 'promote' }): Promise<void> {
  const request = await requestOf(registry, job);
  const plan = planPromotion(request, await observeTags(registry, request), now());
  await applyPromotion(plan, { registry, now, mayPromote: async () => [], patience: 60_000 });
}

async function clean(registry: Registry): Promise<void> {
  const policy = { days: 0, newest: 0 };
  const options = { registry, scope: SCOPE, policy, now, patience: 60_000 };
  await applyCleanup(await proposeCleanup(options), options);
}

/** Promotes what is there, or makes an image and its kmods that nobody has promoted yet. */
async function requestOf(
  registry: Registry,
  { id, image, kmods }: Job & { work: 'promote' },
): Promise<PromotionRequest> {
  const made = (name: string) => putImage(registry.repository(name), { seed: `${name} ${id}` });
  const digest = image ?? (await made('image')).digest;
  const audit = [`stable-${id}-${digest.slice(7, 14)}`];
  const moving = (name: string) =>
    MOVING.filter(({ repository }) => repository === name).map(({ tag }) => tag);
  return {
    id,
    artifacts: [
      {
        repository: 'kmods',
        digest: kmods ?? (await made('kmods')).digest,
        audit,
        moving: moving('kmods'),
      },
      { repository: 'image', digest, audit, moving: moving('image') },
    ],
  };
}
