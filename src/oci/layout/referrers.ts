import type { Digest } from '../../system/digest.ts';
import type { Descriptor } from '../descriptor.ts';
import { documentOf, type ImageIndex, isIndex, parseManifest } from '../manifest.ts';
import { OCI_INDEX } from '../media-type.ts';
import { digestTag } from '../reference.ts';
import { entryOf, type LayoutEntry, tagOfEntry } from './index-file.ts';

/** The small blobs of a layout. */
export interface SmallBlobs {
  read(digest: Digest): Promise<Uint8Array | undefined>;
  write(descriptor: Descriptor, bytes: Uint8Array): Promise<void>;
}

/**
 * What the list under the fallback tag of a subject names (distribution-spec 1.1, "Referrers Tag
 * Schema"). Other tools find in a layout only the referrers that stand there.
 */
export async function listedReferrers(
  entries: Iterable<LayoutEntry>,
  subject: Digest,
  blobs: Pick<SmallBlobs, 'read'>,
): Promise<Descriptor[]> {
  const tag = digestTag(subject);
  for (const entry of entries) {
    if (tagOfEntry(entry) !== tag) continue;
    const bytes = await blobs.read(entry.digest);
    const manifest = bytes && parseManifest(bytes, entry.mediaType);
    return manifest && isIndex(manifest) ? manifest.manifests : [];
  }
  return [];
}

/** The entries with a referrer added to the list of its subject; undefined when it stands there. */
export async function withReferrer(
  entries: readonly LayoutEntry[],
  { subject, referrer }: { subject: Digest; referrer: Descriptor },
  blobs: SmallBlobs,
): Promise<LayoutEntry[] | undefined> {
  const listed = await listedReferrers(entries, subject, blobs);
  if (listed.some(({ digest }) => digest === referrer.digest)) return undefined;
  return relist(entries, { subject, listed: [...listed, referrer] }, blobs);
}

/** The entries with a referrer taken out of the list of its subject; an empty list goes. */
export async function withoutReferrer(
  entries: readonly LayoutEntry[],
  { subject, referrer }: { subject: Digest; referrer: Digest },
  blobs: SmallBlobs,
): Promise<LayoutEntry[]> {
  const listed = await listedReferrers(entries, subject, blobs);
  const rest = listed.filter(({ digest }) => digest !== referrer);
  if (rest.length === listed.length) return [...entries];
  return relist(entries, { subject, listed: rest }, blobs);
}

/** The list that is replaced is named by nothing else: its entry goes with its tag. */
async function relist(
  entries: readonly LayoutEntry[],
  { subject, listed }: { subject: Digest; listed: Descriptor[] },
  blobs: SmallBlobs,
): Promise<LayoutEntry[]> {
  const tag = digestTag(subject);
  const rest = entries.filter((entry) => tagOfEntry(entry) !== tag);
  if (listed.length === 0) return rest;
  const index: ImageIndex = { mediaType: OCI_INDEX, manifests: listed };
  const { descriptor, bytes } = documentOf(index);
  await blobs.write(descriptor, bytes);
  return [...rest, entryOf(descriptor, tag)];
}
