import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Digest, isDigest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { checked, MANIFEST_LIMIT, missing, readAll, streamOf } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import { type Facts, factsOf, ManifestFacts } from '../manifest-facts.ts';
import { isForeignLayer, isManifestType } from '../media-type.ts';
import { moved, requireRepositoryName, requireTag } from '../reference.ts';
import type {
  BulkDeleter,
  ByteRange,
  ManifestLister,
  Mounter,
  Reader,
  Registry,
  Repository,
  Sweeper,
} from '../repository.ts';
import { BlobFolder } from './blob-folder.ts';
import { writeWhole } from './file.ts';
import { withFileLock } from './file-lock.ts';
import { entryOf, type LayoutEntry, LayoutIndexFile, retag, tagOfEntry } from './index-file.ts';
import { listedReferrers, type SmallBlobs, withoutReferrer, withReferrer } from './referrers.ts';
import { sweepBlobs } from './sweep.ts';

/** A repository in a folder of its own. */
export interface LayoutRepository
  extends Repository,
    Mounter,
    ManifestLister,
    BulkDeleter,
    Sweeper {
  /** Absolute path of the layout. */
  readonly path: string;
}

/** A folder with one OCI image layout for each repository: `DIR/<name>`. */
export function openLayoutRegistry(folder: string): Registry {
  const open = new Map<string, LayoutRepository>();
  return {
    repository(name) {
      const known = open.get(name) ?? openLayout(join(folder, requireLayoutName(name)));
      open.set(name, known);
      return known;
    },
  };
}

/**
 * An OCI image layout (image-spec 1.1, image-layout.md) that skopeo and buildah read as it is.
 * The folder is made by the first write. Several processes may write to it at a time.
 */
export function openLayout(folder: string): LayoutRepository {
  return new Layout(resolve(folder));
}

/** Names that are files of the layout that would contain them. */
function requireLayoutName(name: string): string {
  const taken = ['blobs', 'index.json', 'oci-layout', 'lockstep.lock'];
  if (!name.split('/').some((part) => taken.includes(part))) return requireRepositoryName(name);
  throw new LockstepError('invalid-reference', `${name} cannot be a repository in a folder`, {
    hint: `choose a name without ${taken.join(', ')}`,
  });
}

class Layout implements LayoutRepository {
  readonly name: string;
  readonly path: string;
  readonly #index: LayoutIndexFile;
  readonly #facts: ManifestFacts;
  readonly #blobs: BlobFolder;

  constructor(path: string) {
    this.path = path;
    this.name = `oci:${path}`;
    this.#index = new LayoutIndexFile(path);
    this.#blobs = new BlobFolder(path, this.name);
    this.#facts = new ManifestFacts(path, async (digest) => this.#blobs.readSmall(digest));
  }

  async resolve(reference: string): Promise<Descriptor | undefined> {
    if (!isDigest(reference)) {
      return bare((await this.#index.byTag()).get(reference));
    }
    if (this.#blobs.sizeOf(reference) == null) return undefined;
    return bare((await this.#facts.of(reference))?.descriptor);
  }

  async has(descriptor: Descriptor): Promise<boolean> {
    return this.#blobs.has(descriptor);
  }

  read(descriptor: Descriptor, range?: ByteRange): AsyncIterable<Uint8Array> {
    return this.#blobs.read(descriptor, range);
  }

  async tags(): Promise<string[]> {
    return [...(await this.#index.byTag()).keys()].sort();
  }

  async manifests(): Promise<Descriptor[]> {
    const { manifests } = await this.#index.read();
    return [...new Map(manifests.map((entry) => [entry.digest, bare(entry)])).values()];
  }

  async storedAt({ digest }: Descriptor): Promise<Date | undefined> {
    return this.#blobs.storedAt(digest);
  }

  async referrers(subject: Digest, artifactType?: string): Promise<Descriptor[]> {
    const own = await this.manifests();
    // Other tools name what they attach in the list alone.
    const { manifests } = await this.#index.read();
    const listed = await listedReferrers(manifests, subject, this.#small);
    const all = new Map([...own, ...listed].map((one) => [one.digest, bare(one)]));
    return this.#facts.referrers([...all.values()], subject, artifactType);
  }

  async write(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (isManifestType(descriptor.mediaType)) return this.#writeManifest(descriptor, content);
    return this.#blobs.write(descriptor, content);
  }

  async mount(descriptor: Descriptor, from: Reader): Promise<boolean> {
    return from instanceof Layout && this.#blobs.link(descriptor, from.#blobs);
  }

  async tag(tag: string, descriptor: Descriptor, expected?: Digest | null): Promise<void> {
    requireTag(tag);
    await this.#update(async (entries) => {
      const now = entries.find((entry) => tagOfEntry(entry) === tag)?.digest;
      if (expected !== undefined && (now ?? null) !== expected) {
        throw moved(this.name, tag, expected, now);
      }
      if (now === descriptor.digest) return undefined;
      const known = await this.resolve(descriptor.digest);
      if (!known) throw missing(descriptor.digest, this.name);
      return retag(entries, tag, known);
    });
  }

  async untag(tag: string): Promise<void> {
    await this.#update(async (entries) => retag(entries, tag));
  }

  async delete(descriptor: Descriptor): Promise<void> {
    await this.deleteAll([descriptor]);
  }

  async deleteAll(descriptors: readonly Descriptor[]): Promise<void> {
    const gone = new Set(descriptors.map(({ digest }) => digest));
    // The list first: one that names what is gone would be damage, the reverse is a leftover.
    await this.#update(
      (entries) => this.#withoutManifests(entries, gone),
      async () => {
        for (const digest of gone) await this.#blobs.remove(digest);
      },
    );
  }

  async sweep(olderThan: Date): Promise<Digest[]> {
    return withFileLock(await this.#lock(), async () =>
      sweepBlobs(this.path, await this.#reachable(), olderThan),
    );
  }

  async #writeManifest(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    const stream = checked(content, descriptor, this.name);
    const bytes = await readAll(stream, MANIFEST_LIMIT, `manifest ${descriptor.digest}`);
    const facts = factsOf(descriptor.digest, bytes, descriptor.mediaType);
    await this.#update(async (entries) => {
      for (const child of facts.children) {
        if (isForeignLayer(child.mediaType) || this.#blobs.has(child)) continue;
        throw missing(child.digest, `${this.name} (part of ${descriptor.digest})`);
      }
      await this.#blobs.write(descriptor, streamOf(bytes));
      return this.#withManifest(entries, facts);
    });
  }

  /** The entries with a manifest, which is listed with its subject too; undefined: nothing new. */
  async #withManifest(
    entries: readonly LayoutEntry[],
    { subject, descriptor: referrer }: Facts,
  ): Promise<LayoutEntry[] | undefined> {
    const isKnown = entries.some(({ digest }) => digest === referrer.digest);
    const whole = isKnown ? entries : [...entries, entryOf(bare(referrer))];
    const listed = subject && (await withReferrer(whole, { subject, referrer }, this.#small));
    return listed ?? (isKnown ? undefined : [...whole]);
  }

  /** The entries without these manifests, which no list of referrers names any more. */
  async #withoutManifests(
    entries: readonly LayoutEntry[],
    gone: ReadonlySet<Digest>,
  ): Promise<LayoutEntry[]> {
    let rest = entries.filter(({ digest }) => !gone.has(digest));
    for (const referrer of gone) {
      const subject = (await this.#facts.of(referrer))?.subject;
      if (subject) rest = await withoutReferrer(rest, { subject, referrer }, this.#small);
    }
    return rest;
  }

  get #small(): SmallBlobs {
    return {
      read: async (digest) => this.#blobs.readSmall(digest),
      write: (descriptor, bytes) => this.#blobs.write(descriptor, streamOf(bytes)),
    };
  }

  /** Changes the index alone among all processes; undefined leaves it as it is. */
  async #update(
    change: (entries: readonly LayoutEntry[]) => Promise<LayoutEntry[] | undefined>,
    after?: () => Promise<void>,
  ): Promise<void> {
    await withFileLock(await this.#lock(), async () => {
      const before = await this.#index.read();
      const manifests = await change(before.manifests);
      if (manifests) await this.#index.write(manifests, before);
      await after?.();
    });
  }

  /** The lock file, in a layout that is made when there is none. */
  async #lock(): Promise<string> {
    const marker = join(this.path, 'oci-layout');
    if (!existsSync(marker)) {
      await mkdir(join(this.path, 'blobs/sha256'), { recursive: true });
      await writeWhole(marker, JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    }
    return join(this.path, 'lockstep.lock');
  }

  async #reachable(): Promise<Set<Digest>> {
    const reached = new Set<Digest>();
    const waiting = await this.manifests();
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      if (reached.has(next.digest)) continue;
      reached.add(next.digest);
      if (!isManifestType(next.mediaType)) continue;
      waiting.push(...((await this.#facts.of(next.digest))?.children ?? []));
    }
    return reached;
  }
}

/** A descriptor with nothing but what names the content. */
function bare<T extends Descriptor | undefined>(descriptor: T): T {
  if (!descriptor) return descriptor;
  const { mediaType, digest, size } = descriptor;
  return { mediaType, digest, size } as T;
}
