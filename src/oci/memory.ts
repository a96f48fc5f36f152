import type { Digest } from '../system/digest.ts';
import { checked, MANIFEST_LIMIT, missing, readAll } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import { factsOf, ManifestFacts } from './manifest-facts.ts';
import { isForeignLayer, isManifestType } from './media-type.ts';
import { moved, requireRepositoryName, requireTag } from './reference.ts';
import type {
  ByteRange,
  ManifestLister,
  Mounter,
  Reader,
  Registry,
  Repository,
} from './repository.ts';

/** A registry that is gone with the process: for tests, and for what is built in passing. */
export function memoryRegistry(): Registry {
  const open = new Map<string, Repository>();
  return {
    repository(name) {
      const known = open.get(name) ?? memoryRepository(requireRepositoryName(name));
      open.set(name, known);
      return known;
    },
  };
}

/** A repository in memory, with the same promises as the lasting ones. */
export function memoryRepository(name = 'memory'): Repository & Mounter & ManifestLister {
  return new Memory(name);
}

class Memory implements Repository, Mounter, ManifestLister {
  readonly name: string;
  readonly #blobs = new Map<Digest, Uint8Array>();
  readonly #manifests = new Map<Digest, Descriptor>();
  readonly #tags = new Map<string, Digest>();
  readonly #facts: ManifestFacts;

  constructor(name: string) {
    this.name = name;
    this.#facts = new ManifestFacts(name, async (digest) => this.#blobs.get(digest));
  }

  async resolve(reference: string): Promise<Descriptor | undefined> {
    return this.#manifests.get(this.#tags.get(reference) ?? (reference as Digest));
  }

  async has({ digest, size }: Descriptor): Promise<boolean> {
    return this.#blobs.get(digest)?.length === size;
  }

  async *read(descriptor: Descriptor, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const bytes = this.#blobs.get(descriptor.digest);
    if (!bytes) throw missing(descriptor.digest, this.name);
    if (range) yield bytes.subarray(range.start, range.end);
    else yield* checked([bytes], descriptor, this.name);
  }

  async tags(): Promise<string[]> {
    return [...this.#tags.keys()].sort();
  }

  async manifests(): Promise<Descriptor[]> {
    return [...this.#manifests.values()];
  }

  async storedAt(): Promise<undefined> {
    return undefined;
  }

  async referrers(subject: Digest, artifactType?: string): Promise<Descriptor[]> {
    return this.#facts.referrers(await this.manifests(), subject, artifactType);
  }

  async write(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    const isManifest = isManifestType(descriptor.mediaType);
    const limit = isManifest ? MANIFEST_LIMIT : Number.POSITIVE_INFINITY;
    const bytes = await readAll(checked(content, descriptor, this.name), limit, descriptor.digest);
    if (isManifest) this.#addManifest(descriptor, bytes);
    this.#blobs.set(descriptor.digest, bytes);
  }

  async mount(descriptor: Descriptor, from: Reader): Promise<boolean> {
    const bytes = from instanceof Memory ? from.#blobs.get(descriptor.digest) : undefined;
    if (bytes) this.#blobs.set(descriptor.digest, bytes);
    return this.has(descriptor);
  }

  async tag(tag: string, { digest }: Descriptor, expected?: Digest | null): Promise<void> {
    requireTag(tag);
    const now = this.#tags.get(tag);
    if (expected !== undefined && (now ?? null) !== expected) {
      throw moved(this.name, tag, expected, now);
    }
    if (!this.#manifests.has(digest)) throw missing(digest, this.name);
    this.#tags.set(tag, digest);
  }

  async untag(tag: string): Promise<void> {
    this.#tags.delete(tag);
  }

  async delete({ digest }: Descriptor): Promise<void> {
    for (const [tag, now] of this.#tags) if (now === digest) this.#tags.delete(tag);
    this.#manifests.delete(digest);
    this.#blobs.delete(digest);
  }

  #addManifest(descriptor: Descriptor, bytes: Uint8Array): void {
    const facts = factsOf(descriptor.digest, bytes, descriptor.mediaType);
    const lacking = facts.children.find(
      ({ digest, mediaType }) => !isForeignLayer(mediaType) && !this.#blobs.has(digest),
    );
    if (lacking) throw missing(lacking.digest, `${this.name} (part of ${descriptor.digest})`);
    const { mediaType, digest, size } = facts.descriptor;
    this.#manifests.set(descriptor.digest, { mediaType, digest, size });
  }
}
