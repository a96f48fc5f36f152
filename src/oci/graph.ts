import type { Digest } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';
import type { Descriptor } from './descriptor.ts';
import { childrenOf, type ManifestDocument, readManifest } from './manifest.ts';
import { isForeignLayer, isIndexType, isManifestType } from './media-type.ts';
import type { Reader } from './repository.ts';

/** How many manifests one root may hold, and how deep indexes may lie in each other. */
const MANIFEST_COUNT_LIMIT = 10_000;
const DEPTH_LIMIT = 8;

/** Everything that a root is made of: the root and what its indexes list, and their blobs. */
export interface Graph {
  /** Children stand before their parents, so that writing in this order is never refused. */
  manifests: ManifestDocument[];
  blobs: Descriptor[];
}

/** Reads the graph of a manifest; foreign layers are left out. Throws `limit-exceeded`. */
export async function readGraph(reader: Reader, root: Descriptor): Promise<Graph> {
  const manifests = new Map<Digest, ManifestDocument>();
  const blobs = new Map<Digest, Descriptor>();
  const entered = new Set<Digest>();
  const visit = async (descriptor: Descriptor, depth: number): Promise<void> => {
    if (entered.has(descriptor.digest)) return;
    entered.add(descriptor.digest);
    requireSane(entered.size, depth, root);
    const document = await readManifest(reader, descriptor);
    for (const child of childrenOf(document.manifest)) {
      if (isForeignLayer(child.mediaType)) continue;
      if (isManifestType(child.mediaType)) await visit(child, depth + 1);
      else blobs.set(child.digest, child);
    }
    manifests.set(descriptor.digest, document);
  };
  await visit(root, 0);
  return { manifests: [...manifests.values()], blobs: [...blobs.values()] };
}

function requireSane(count: number, depth: number, root: Descriptor): void {
  if (count <= MANIFEST_COUNT_LIMIT && depth <= DEPTH_LIMIT) return;
  throw new LockstepError(
    'limit-exceeded',
    `${root.digest} holds more than ${MANIFEST_COUNT_LIMIT} manifests or ${DEPTH_LIMIT} levels of indexes`,
    { context: { digest: root.digest, isIndex: String(isIndexType(root.mediaType)) } },
  );
}
