import type { Registry } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import { applyPromotion } from '../promotion/apply.ts';
import { observeTags, planPromotion } from '../promotion/plan.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';

const now = () => new Date('2026-11-20T00:00:00Z');
const OLD = { [IMAGE_ANNOTATION.created]: '2026-01-01T00:00:00Z' };

/** The only tag that a cleanup may remove of what `putPromoted` leaves. */
export const MAY_GO = 'candidate-0000000-12';

/**
 * Fills the repository `image` with two promotions, an image that somebody else named, and an old
 * candidate that nobody needs.
 */
export async function putPromoted(registry: Registry): Promise<void> {
  const image = registry.repository('image');
  for (const [at, seed] of ['one', 'two'].entries()) {
    const annotations = { ...OLD, [IMAGE_ANNOTATION.version]: '12' };
    const tag = `candidate-${at + 1}111111-12`;
    const { digest } = await putImage(image, { seed, annotations, tag });
    const id = `20260101t00000${at}z-${seed}`;
    const audit = [`stable-${id}-${digest.slice(7, 14)}`];
    const moving = ['latest', 'main-12'];
    const request = { id, artifacts: [{ repository: 'image', digest, audit, moving }] };
    const plan = planPromotion(request, await observeTags(registry, request), now());
    await applyPromotion(plan, { registry, now, mayPromote: async () => [] });
  }
  await putImage(image, { seed: 'theirs', annotations: OLD, tag: 'zz-theirs' });
  await putImage(image, { seed: 'gone', annotations: OLD, tag: MAY_GO });
}
