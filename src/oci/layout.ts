import { createReadStream, existsSync, readFileSync, type Stats, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Digest, isDigest } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';
import { checked, MANIFEST_LIMIT, mismatch, missing, readAll } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import { withFileLock } from './file-lock.ts';
import { codeOf, linkWhole, writeWhole } from './layout-file.ts';
import { entryOf, type LayoutEntry, LayoutIndexFile, retag, tagOfEntry } from './layout-index.ts';
import { sweepBlobs } from './layout-sweep.ts';
import { factsOf, ManifestFacts } from './manifest-facts.ts';
import { isForeignLayer, isManifestType } from './media-type.ts';
import { moved, requireRepositoryName, requireTag } from './reference.ts';
import type {
  BulkDeleter,
  ByteRange,
  ManifestLister,
  Mounter,
  Reader,
  Registry,
  Repository,
  Sweeper,
} from './repository.ts';

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

/** Files up to this are read at once: a manifest takes less time than to wait for a thread. */
const SMALL = 64 << 10;

function streamFile(
  path: string,
  bounds: { start?: number; end?: number } = {},
): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: 1 << 20, ...bounds });
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

  constructor(path: string) {
    this.path = path;
    this.name = `oci:${path}`;
    this.#index = new LayoutIndexFile(path);
    this.#facts = new ManifestFacts(path, (digest) => this.#smallBlob(digest));
  }

  async resolve(reference: string): Promise<Descriptor | undefined> {
    if (!isDigest(reference)) {
      return bare((await this.#index.byTag()).get(reference));
    }
    if ((await this.#sizeOf(reference)) == null) return undefined;
    return bare((await this.#facts.of(reference))?.descriptor);
  }

  async has(descriptor: Descriptor): Promise<boolean> {
    return (await this.#sizeOf(descriptor.digest)) === descriptor.size;
  }

  async *read(descriptor: Descriptor, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const size = await this.#sizeOf(descriptor.digest);
    if (size == null) throw missing(descriptor.digest, this.name);
    const path = this.#blob(descriptor.digest);
    if (size !== descriptor.size) {
      throw mismatch(descriptor, path, `${size} bytes where ${descriptor.size} were promised`);
    }
    if (range && range.start >= range.end) return;
    if (!range && size <= SMALL) yield* checked([readFileSync(path)], descriptor, path);
    else if (range) yield* streamFile(path, { start: range.start, end: range.end - 1 });
    else yield* checked(streamFile(path), descriptor, path);
  }

  async tags(): Promise<string[]> {
    return [...(await this.#index.byTag()).keys()].sort();
  }

  async manifests(): Promise<Descriptor[]> {
    const { manifests } = await this.#index.read();
    return [...new Map(manifests.map((entry) => [entry.digest, bare(entry)])).values()];
  }

  async storedAt({ digest }: Descriptor): Promise<Date | undefined> {
    return statOf(this.#blob(digest))?.mtime;
  }

  async referrers(subject: Digest, artifactType?: string): Promise<Descriptor[]> {
    return this.#facts.referrers(await this.manifests(), subject, artifactType);
  }

  async write(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (isManifestType(descriptor.mediaType)) return this.#writeManifest(descriptor, content);
    if (await this.has(descriptor)) return;
    const path = this.#blob(descriptor.digest);
    await writeWhole(path, checked(content, descriptor, this.name));
  }

  async mount(descriptor: Descriptor, from: Reader): Promise<boolean> {
    if (await this.has(descriptor)) return true;
    if (!(from instanceof Layout) || !(await from.has(descriptor))) return false;
    return linkWhole(from.#blob(descriptor.digest), this.#blob(descriptor.digest));
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
      async (entries) => entries.filter(({ digest }) => !gone.has(digest)),
      async () => {
        for (const digest of gone) await rm(this.#blob(digest), { force: true });
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
    const { children, descriptor: found } = factsOf(descriptor.digest, bytes, descriptor.mediaType);
    await this.#update(async (entries) => {
      for (const child of children) {
        if (isForeignLayer(child.mediaType) || (await this.has(child))) continue;
        throw missing(child.digest, `${this.name} (part of ${descriptor.digest})`);
      }
      if (!(await this.has(descriptor))) await writeWhole(this.#blob(descriptor.digest), bytes);
      if (entries.some((entry) => entry.digest === descriptor.digest)) return undefined;
      return [...entries, entryOf(bare(found))];
    });
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

  async #smallBlob(digest: Digest): Promise<Uint8Array | undefined> {
    const size = await this.#sizeOf(digest);
    return size == null || size > MANIFEST_LIMIT ? undefined : readFileSync(this.#blob(digest));
  }

  async #sizeOf(digest: Digest): Promise<number | undefined> {
    return statOf(this.#blob(digest))?.size;
  }

  #blob(digest: Digest): string {
    return join(this.path, 'blobs', ...digest.split(':'));
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** A descriptor with nothing but what names the content. */
function bare<T extends Descriptor | undefined>(descriptor: T): T {
  if (!descriptor) return descriptor;
  const { mediaType, digest, size } = descriptor;
  return { mediaType, digest, size } as T;
}
