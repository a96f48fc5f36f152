import { writeArtifact } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import { type Digest, isDigest } from '../../system/digest.ts';
import { contentOfName, type FlistContent, flistNames } from './names.ts';

/** Says which flists were packed of an image; attached to it. */
const FLISTS_TYPE = 'application/vnd.lockstep.flists.v1';
const FLISTS = 'dev.lockstep.flists';
const CREATED = 'org.opencontainers.image.created';

/** A flist in the repository of the flists. */
export interface FlistOfImage {
  content: FlistContent;
  digest: Digest;
}

/** Notes which flists belong to an image: they are promoted with it. */
export async function recordFlists(
  repository: Repository,
  image: Descriptor,
  { flists, created }: { flists: readonly FlistOfImage[]; created: Date },
): Promise<void> {
  const entries = flists.map(({ content, digest }) => `${flistNames(content).own}=${digest}`);
  await writeArtifact(repository, {
    artifactType: FLISTS_TYPE,
    subject: image,
    annotations: { [FLISTS]: entries.join(' '), [CREATED]: created.toISOString() },
    layers: [],
  });
}

/** The flists of an image, as they were noted last; none where nothing was noted. */
export async function flistsOf(repository: Reader, image: Digest): Promise<FlistOfImage[]> {
  let newest: { said: Readonly<Record<string, string>>; created: string } | undefined;
  for (const referrer of await repository.referrers(image, FLISTS_TYPE)) {
    const { manifest } = await readManifest(repository, referrer);
    const said = manifest.annotations ?? {};
    const created = said[CREATED] ?? '';
    if (!newest || newest.created < created) newest = { said, created };
  }
  return flistsSaid(newest?.said ?? {});
}

/** The flists that such a note names. */
export function flistsSaid(annotations: Readonly<Record<string, string>>): FlistOfImage[] {
  const entries = (annotations[FLISTS] ?? '').split(' ');
  return entries.flatMap((entry) => {
    const [, name = '', digest = ''] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
    const content = contentOfName(name);
    return content && isDigest(digest) ? [{ content, digest }] : [];
  });
}
