import type { Stream } from '../../config/schema.ts';
import type { Reader } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { flistRepository } from '../channel/channel.ts';
import { flistTag } from '../flists/names.ts';
import { type FlistOfImage, flistsOf } from '../flists/of-image.ts';
import { auditTag } from '../record/tags.ts';
import type { PromotedArtifact } from './plan.ts';

/** Flists as they are promoted: an audit tag and a moving tag each. */
export function promotedFlists(
  repository: string,
  flists: readonly FlistOfImage[],
  id: string,
): PromotedArtifact[] {
  return flists.map(({ content, digest }) => ({
    repository,
    digest,
    audit: [auditTag(id, digest)],
    moving: [flistTag(content)],
  }));
}

/**
 * The flists that are promoted with an image: none of a stream without them. Throws `not-found`
 * when nothing says which they are.
 */
export async function flistsWith(
  stream: Stream,
  images: Reader,
  { digest, id }: { digest: Digest; id: string },
): Promise<PromotedArtifact[]> {
  if (!stream.flists) return [];
  const flists = await flistsOf(images, digest);
  if (flists.length > 0) return promotedFlists(flistRepository(stream), flists, id);
  throw new LockstepError('not-found', `nothing says which flists belong to ${digest}`, {
    hint: `pack them: lockstep prove ${digest} --only flists`,
  });
}
