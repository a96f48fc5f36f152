import { mapConcurrently } from '../system/concurrency.ts';
import { type Digest, digestOf } from '../system/digest.ts';
import { mismatch } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import { childrenOf, parseManifest, referrerOf } from './manifest.ts';

/** What a store has to know of a manifest; it never changes, as its digest names its bytes. */
export interface Facts {
  children: Descriptor[];
  subject: Digest | undefined;
  /** How a list of referrers describes it. */
  descriptor: Descriptor;
}

/** Facts of the manifests of a store, each read once. */
export class ManifestFacts {
  readonly #known = new Map<Digest, Facts>();
  readonly #load: (digest: Digest) => Promise<Uint8Array | undefined>;
  readonly #where: string;

  /** `load` gives the bytes of a blob that may be a manifest, undefined when it cannot be one. */
  constructor(where: string, load: (digest: Digest) => Promise<Uint8Array | undefined>) {
    this.#where = where;
    this.#load = load;
  }

  /** Facts of a manifest, undefined for what is no manifest; throws `digest-mismatch`. */
  async of(digest: Digest): Promise<Facts | undefined> {
    const known = this.#known.get(digest);
    if (known) return known;
    const bytes = await this.#load(digest);
    if (!bytes) return undefined;
    const found = digestOf(bytes);
    if (found !== digest) {
      throw mismatch({ mediaType: '', digest, size: bytes.length }, this.#where, found);
    }
    return this.#learn(digest, bytes);
  }

  /** The manifests among these whose subject is this digest, as a list of referrers has them. */
  async referrers(
    among: readonly Descriptor[],
    subject: Digest,
    artifactType?: string,
  ): Promise<Descriptor[]> {
    const facts = await mapConcurrently(among, 16, ({ digest }) => this.of(digest));
    return facts
      .filter((fact) => fact?.subject === subject)
      .map((fact) => (fact as Facts).descriptor)
      .filter((found) => artifactType == null || found.artifactType === artifactType);
  }

  #learn(digest: Digest, bytes: Uint8Array): Facts | undefined {
    try {
      const facts = factsOf(digest, bytes);
      this.#known.set(digest, facts);
      return facts;
    } catch {
      // Whatever does not parse as a manifest is some other blob: a config, a layer.
      return undefined;
    }
  }
}

/** Facts of the bytes of a manifest; throws `invalid-content` when they are none. */
export function factsOf(digest: Digest, bytes: Uint8Array, mediaType?: string): Facts {
  const manifest = parseManifest(bytes, mediaType);
  const descriptor = { mediaType: manifest.mediaType, digest, size: bytes.length };
  return {
    children: childrenOf(manifest),
    subject: manifest.subject?.digest,
    descriptor: referrerOf({ descriptor, manifest }),
  };
}
