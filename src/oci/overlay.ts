import type { Digest } from '../system/digest.ts';
import { checked, MANIFEST_LIMIT, missing, readAll } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import { type Facts, factsOf } from './manifest-facts.ts';
import { isManifestType } from './media-type.ts';
import { moved } from './reference.ts';
import type { ByteRange, Reader, Repository } from './repository.ts';

/**
 * A repository with what is written to it in memory, over another one that is only read: what
 * would be there if it were written there. Nothing can be deleted of what lies below.
 */
export function overlayRepository(below: Reader): Repository {
  return new Overlay(below);
}

class Overlay implements Repository {
  readonly name: string;
  readonly #below: Reader;
  readonly #content = new Map<Digest, Uint8Array>();
  readonly #manifests = new Map<Digest, Facts>();
  readonly #tags = new Map<string, Digest>();

  constructor(below: Reader) {
    this.name = below.name;
    this.#below = below;
  }

  async resolve(reference: string): Promise<Descriptor | undefined> {
    const digest = this.#tags.get(reference) ?? (reference as Digest);
    return this.#manifests.get(digest)?.descriptor ?? this.#below.resolve(reference);
  }

  async has(descriptor: Descriptor): Promise<boolean> {
    return this.#content.has(descriptor.digest) || this.#below.has(descriptor);
  }

  async *read(descriptor: Descriptor, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const bytes = this.#content.get(descriptor.digest);
    if (!bytes) yield* this.#below.read(descriptor, range);
    else if (range) yield bytes.subarray(range.start, range.end);
    else yield* checked([bytes], descriptor, this.name);
  }

  async tags(): Promise<string[]> {
    return [...new Set([...(await this.#below.tags()), ...this.#tags.keys()])].sort();
  }

  async referrers(subject: Digest, artifactType?: string): Promise<Descriptor[]> {
    const own = [...this.#manifests.values()].filter((one) => one.subject === subject);
    const fitting = own
      .map(({ descriptor }) => descriptor)
      .filter((one) => artifactType == null || one.artifactType === artifactType);
    return [...(await this.#below.referrers(subject, artifactType)), ...fitting];
  }

  async write(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    const bytes = await readAll(
      checked(content, descriptor, this.name),
      MANIFEST_LIMIT,
      descriptor.digest,
    );
    if (isManifestType(descriptor.mediaType)) {
      const facts = factsOf(descriptor.digest, bytes, descriptor.mediaType);
      this.#manifests.set(descriptor.digest, facts);
    }
    this.#content.set(descriptor.digest, bytes);
  }

  async tag(tag: string, { digest }: Descriptor, expected?: Digest | null): Promise<void> {
    if (!(await this.resolve(digest))) throw missing(digest, this.name);
    const now = (await this.resolve(tag))?.digest;
    if (expected !== undefined && now !== (expected ?? undefined))
      throw moved(this.name, tag, expected ?? null, now);
    this.#tags.set(tag, digest);
  }

  async untag(tag: string): Promise<void> {
    this.#tags.delete(tag);
  }

  async delete({ digest }: Descriptor): Promise<void> {
    for (const [tag, now] of this.#tags) if (now === digest) this.#tags.delete(tag);
    this.#manifests.delete(digest);
    this.#content.delete(digest);
  }
}
