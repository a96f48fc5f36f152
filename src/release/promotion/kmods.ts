import type { KmodsOfKernel } from '../record/annotations.ts';
import { auditTag, stableKmodsTag } from '../record/tags.ts';
import type { PromotedArtifact } from './plan.ts';

/** The kmods images of an OS image as they are promoted with it, each under the name of its kernel. */
export function promotedKmods(
  repository: string,
  kmods: readonly KmodsOfKernel[],
  { id, osVersion }: { id: string; osVersion: string },
): PromotedArtifact[] {
  return kmods.map(({ kernel, digest }) => ({
    repository,
    digest,
    // An audit tag names one digest, and several kmods images lie in one repository.
    audit: [auditTag(id, digest)],
    moving: [stableKmodsTag(osVersion, kernel)],
  }));
}
