import { distinctBlocks, hexOf } from '../../flist/manifest/blocks.ts';
import { entriesOf } from '../../flist/manifest/entries.ts';
import { manifestOf } from '../../flist/manifest/load.ts';
import type { NamedObjects } from '../../flist/store/objects.ts';
import { ARTIFACT_LAYER_LIMIT } from '../../oci/artifact.ts';
import type { Reader, Registry } from '../../oci/repository.ts';
import { type Digest, digestOf } from '../../system/digest.ts';
import { FLIST_TYPE, readFlist } from '../flists/artifact.ts';
import { observeRepository } from '../retention/observe.ts';
import { isOld } from './plan.ts';

/** A manifest with the ids of the blocks that it names. */
export interface KnownFlist {
  /** Of the manifest's file. */
  file: Digest;
  blocks: ReadonlySet<string>;
}

/** Every flist of a repository by the digest of its artifact. Throws for one that cannot be read. */
export async function flistsIn(
  registry: Registry,
  name: string,
): Promise<ReadonlyMap<Digest, KnownFlist>> {
  const { manifests } = await observeRepository(registry, name);
  const repository = registry.repository(name);
  const flists = new Map<Digest, KnownFlist>();
  for (const [digest, { descriptor }] of manifests)
    if (descriptor.artifactType === FLIST_TYPE) flists.set(digest, await known(repository, digest));
  return flists;
}

async function known(repository: Reader, digest: Digest): Promise<KnownFlist> {
  const { bytes } = await readFlist(repository, digest);
  return knownOf(bytes, digest);
}

/** A manifest that lies in the store for machines to fetch. */
export interface HandedOutFlist extends KnownFlist {
  /** Its path in the store. */
  path: string;
  /** Long enough there to be removed. */
  isOld: boolean;
}

/** Every manifest below a folder of the store. Throws for one that is none: it may need any block. */
export async function flistsBelow(
  objects: NamedObjects,
  folder: string,
  now: Date,
): Promise<HandedOutFlist[]> {
  const found: HandedOutFlist[] = [];
  for (const { name: path, modified } of await objects.list(folder)) {
    const bytes = path.endsWith('.fl') ? await objects.get(path, ARTIFACT_LAYER_LIMIT) : undefined;
    if (bytes) found.push({ path, isOld: isOld(modified, now), ...(await knownOf(bytes, path)) });
  }
  return found;
}

async function knownOf(bytes: Uint8Array, name: string): Promise<KnownFlist> {
  const blocks = distinctBlocks(entriesOf(await manifestOf(bytes, name)));
  return { file: digestOf(bytes), blocks: new Set(blocks.map(({ id }) => hexOf(id))) };
}
