import { shownRoute } from '../../flist/store/address.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Reader } from '../../oci/repository.ts';
import { contentSaid, FLIST_ANNOTATION } from './artifact.ts';
import { followedTags } from './names.ts';

/** A flist that machines follow, by what its artifact says. */
export interface FollowedFlist {
  /** The tag that moves to it. */
  tag: string;
  /** Of modules: their kernel release. */
  kernel?: string;
  /** sha256 of the manifest that machines fetch. */
  digest: string;
  /** Where blocks are read, without user and password: `00-ff=URL`. */
  routes: string[];
}

/** The flists that machines follow, sorted by tag; what a tag points to that is no flist is left out. */
export async function followedFlists(repository: Reader): Promise<FollowedFlist[]> {
  const flists: FollowedFlist[] = [];
  for (const tag of await followedTags(repository)) {
    const { annotations = {} } = (await readManifest(repository, tag)).manifest;
    const content = contentSaid(annotations);
    const digest = annotations[FLIST_ANNOTATION.digest];
    if (!content || digest == null) continue;
    const routes = (annotations[FLIST_ANNOTATION.routes] ?? '').split(' ').filter(Boolean);
    const kernel = content.kind === 'modules' ? { kernel: content.kernel } : {};
    flists.push({ tag, ...kernel, digest, routes: routes.map(withoutUser) });
  }
  return flists;
}

/** They are written so; others may have written what is read. */
function withoutUser(text: string): string {
  const [, range = '', url = ''] = /^([0-9a-f]{2}-[0-9a-f]{2}=)?(.*)$/s.exec(text) ?? [];
  return `${range}${shownRoute({ url }).url}`;
}
