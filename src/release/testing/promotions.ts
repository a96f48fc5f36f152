import type { Registry } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import type { Digest } from '../../system/digest.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { applyPromotion } from '../promotion/apply.ts';
import type { Owner } from '../promotion/owner.ts';
import { observeTags, type PromotionPlan, planPromotion } from '../promotion/plan.ts';
import { planRollback } from '../promotion/rollback.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';

/** Promotes and rolls back in the repositories `image` and `kmods` of a stream, each a minute later. */
export class Promotions {
  readonly registry: Registry;
  readonly #seals: Seals | undefined;
  #count = 0;

  constructor(registry: Registry, seals?: Seals) {
    this.registry = registry;
    this.#seals = seals;
  }

  /** The name of the promotion that comes next. */
  get next(): string {
    return `r${String(this.#count).padStart(4, '0')}`;
  }

  /** Promotes a new image with its kmods; gives the image. */
  async promote(owner?: Owner, registry = this.registry): Promise<Digest> {
    const id = this.next;
    const annotations = { [IMAGE_ANNOTATION.created]: this.#now().toISOString() };
    const image = await putImage(this.registry.repository('image'), { seed: id, annotations });
    const kmods = await putImage(this.registry.repository('kmods'), { seed: `kmods ${id}` });
    const audit = [`stable-${id}-${image.digest.slice(7, 14)}`];
    const artifacts = [
      { repository: 'kmods', digest: kmods.digest, audit, moving: ['main-12'] },
      { repository: 'image', digest: image.digest, audit, moving: ['latest', 'main-12'] },
    ];
    const request = { id, artifacts };
    const plan = planPromotion(request, await observeTags(this.registry, request), this.#now());
    await this.#apply(plan, registry, owner);
    return image.digest;
  }

  /** Rolls back to the promotion before the present one. */
  async rollBack(): Promise<void> {
    const request = { id: this.next, repository: 'image', stable: ['latest', 'main-12'] };
    const plan = await planRollback(this.registry, { ...request, seals: this.#seals }, this.#now());
    await this.#apply(plan, this.registry);
  }

  #apply(plan: PromotionPlan, registry: Registry, owner?: Owner) {
    const now = this.#now();
    this.#count += 1;
    const options = { seals: this.#seals, mayPromote: async () => [], now: () => now };
    return applyPromotion(plan, { registry, ...options, ...(owner && { owner }) });
  }

  #now(): Date {
    return new Date(Date.UTC(2026, 10, 20) + this.#count * 60_000);
  }
}
