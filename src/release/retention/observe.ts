import { ifThere } from '../../oci/content.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { artifactTypeOf, childrenOf, isIndex, readManifest } from '../../oci/manifest.ts';
import { subjectOfTag } from '../../oci/reference.ts';
import { canListManifests, type Registry, type Repository } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';

/** What has to be known of a manifest to decide whether it stays. */
export interface StoredManifest {
  descriptor: Descriptor;
  /** Milliseconds since the epoch; undefined when nothing tells. */
  created: number | undefined;
  annotations: Readonly<Record<string, string>>;
  subject: Digest | undefined;
  /** Manifests that it lists. */
  children: readonly Digest[];
}

export interface ObservedRepository {
  /** Its name in the registry. */
  name: string;
  tags: ReadonlyMap<string, Digest>;
  manifests: ReadonlyMap<Digest, StoredManifest>;
  /** Tags that are listed and point to nothing: some registries keep those of what they delete. */
  dangling?: readonly string[];
}

const CREATED = 'org.opencontainers.image.created';
const CONCURRENCY = 16;

/** Looks at everything that a repository holds: every tag, every manifest that can be found. */
export async function observeRepository(
  registry: Registry,
  name: string,
): Promise<ObservedRepository> {
  const repository = registry.repository(name);
  const tags = new Map<string, Digest>();
  const names = await repository.tags();
  await mapConcurrently(names, CONCURRENCY, async (tag) => {
    const descriptor = await repository.resolve(tag);
    if (descriptor) tags.set(tag, descriptor.digest);
  });
  const manifests = new Map<Digest, StoredManifest>();
  const roots = new Set([
    ...tags.values(),
    ...[...tags.keys()].flatMap((tag) => subjectOfTag(tag) ?? []),
  ]);
  const listed = canListManifests(repository) ? await repository.manifests() : undefined;
  const look = { repository, manifests, follow: listed == null };
  const wanted = new Map<Digest, Digest | Descriptor>([...roots].map((digest) => [digest, digest]));
  for (const descriptor of listed ?? []) wanted.set(descriptor.digest, descriptor);
  await mapConcurrently([...wanted.values()], CONCURRENCY, (one) => lookAt(look, one));
  for (const [tag, digest] of tags) if (!manifests.has(digest)) tags.delete(tag);
  const dangling = names.filter((tag) => !tags.has(tag));
  return { name, tags, manifests, dangling };
}

interface Look {
  repository: Repository;
  manifests: Map<Digest, StoredManifest>;
  /** True when what refers to a manifest is only found by asking. */
  follow: boolean;
}

async function lookAt(look: Look, wanted: Digest | Descriptor): Promise<void> {
  const digest = typeof wanted === 'string' ? wanted : wanted.digest;
  if (look.manifests.has(digest)) return;
  const stored = await readStored(look.repository, wanted);
  if (!stored) return;
  look.manifests.set(digest, stored);
  for (const child of stored.children) await lookAt(look, child);
  if (!look.follow) return;
  for (const referrer of await look.repository.referrers(digest))
    await lookAt(look, referrer.digest);
}

async function readStored(
  repository: Repository,
  wanted: Digest | Descriptor,
): Promise<StoredManifest | undefined> {
  const found = await ifThere(readManifest(repository, wanted));
  if (!found) return undefined;
  const { descriptor, manifest } = found;
  const annotations = manifest.annotations ?? {};
  const said = Date.parse(annotations[CREATED] ?? '');
  return {
    descriptor: { ...descriptor, artifactType: artifactTypeOf(manifest) },
    annotations,
    created: Number.isNaN(said) ? await storedAt(repository, descriptor) : said,
    subject: manifest.subject?.digest,
    children: isIndex(manifest) ? childrenOf(manifest).map((child) => child.digest) : [],
  };
}

async function storedAt(
  repository: Repository,
  descriptor: Descriptor,
): Promise<number | undefined> {
  if (!canListManifests(repository)) return undefined;
  return (await repository.storedAt(descriptor))?.getTime();
}
