import type { KeyObject } from 'node:crypto';
import { checksumOf, SHA256_END, SIGNATURE_END } from '../../flist/manifest/signature.ts';
import { type NamedObjects, openNamedObjects } from '../../flist/store/objects.ts';
import type { StoreConnection } from '../../flist/store/request.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Reader } from '../../oci/repository.ts';
import { isDigest } from '../../system/digest.ts';
import { contentSaid, FLIST_ANNOTATION, readFlist } from './artifact.ts';
import { handOut } from './hand-out.ts';
import { flistNames, followedTags } from './names.ts';
import type { FlistPlaces } from './places.ts';

export interface FollowedOptions extends StoreConnection {
  places: FlistPlaces;
  /** Signs the manifests. */
  key?: KeyObject;
}

/** Looks at a registry that others keep moving. */
const MOST_LOOKS = 5;

/**
 * Puts the manifests that hosts follow now into the store that `places` names, if it names one:
 * what the registry says is what machines get. Looks again after writing, since others may have
 * moved a tag meanwhile, and theirs is the newer one. Returns the names that were written.
 */
export async function handOutFollowed(
  repository: Reader,
  { places: { manifests }, key, ...connection }: FollowedOptions,
): Promise<string[]> {
  if (!manifests) return [];
  const objects = openNamedObjects(manifests.store, connection);
  const options = { folder: manifests.folder, ...(key && { key }) };
  const written = new Set<string>();
  for (let look = 0; look < MOST_LOOKS; look++) {
    const flists = [];
    for (const tag of await followedTags(repository)) flists.push(await readFlist(repository, tag));
    const fresh = await handOut(flists, objects, options);
    if (fresh.length === 0) break;
    for (const name of fresh) written.add(name);
  }
  return [...written];
}

/**
 * Whether all that hosts follow is where machines fetch it, by its checksums; undefined when
 * manifests are not put anywhere.
 */
export async function isHandedOut(
  repository: Reader,
  { places: { manifests }, key, ...connection }: FollowedOptions,
): Promise<boolean | undefined> {
  if (!manifests) return undefined;
  const objects = openNamedObjects(manifests.store, connection);
  for (const tag of await followedTags(repository)) {
    const { manifest } = await readManifest(repository, tag);
    const content = contentSaid(manifest.annotations ?? {});
    const digest = manifest.annotations?.[FLIST_ANNOTATION.digest] ?? '';
    if (!content || !isDigest(digest)) continue;
    for (const name of Object.values(flistNames(content))) {
      const place = `${manifests.folder}/${name}.fl`;
      const line = checksumOf(digest, `${name}.fl`);
      if (!(await isThere(objects, place, { line, signed: key != null }))) return false;
    }
  }
  return true;
}

async function isThere(
  objects: NamedObjects,
  place: string,
  { line, signed }: { line: string; signed: boolean },
): Promise<boolean> {
  const found = await objects.get(`${place}${SHA256_END}`);
  if (!found || Buffer.from(found).toString() !== line) return false;
  return !signed || (await objects.get(`${place}${SIGNATURE_END}`)) != null;
}
