import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Digest, isDigest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { checked, MANIFEST_LIMIT, mismatch, missing } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import {
  type LayoutEntry,
  type LayoutIndex,
  parseIndex,
  tagOfEntry,
} from '../layout/index-file.ts';
import { listedReferrers } from '../layout/referrers.ts';
import { ManifestFacts } from '../manifest-facts.ts';
import { isTag, subjectOfList } from '../reference.ts';
import type { ByteRange, Reader } from '../repository.ts';
import { type ArchiveMember, listArchive } from './members.ts';

/** Bytes of `index.json` of an archive. */
const INDEX_LIMIT = 16 << 20;

interface Contents {
  members: Map<string, ArchiveMember>;
  index: LayoutIndex;
}

/** An OCI image layout in a tar file, read where it is. A file that is not there is empty. */
export class Archive implements Reader {
  readonly name: string;
  readonly #path: string;
  readonly #facts: ManifestFacts;
  #contents: Promise<Contents> | undefined;

  constructor(path: string) {
    this.#path = path;
    this.name = `oci-archive:${path}`;
    this.#facts = new ManifestFacts(path, (digest) => this.#smallBlob(digest));
  }

  async resolve(reference: string): Promise<Descriptor | undefined> {
    const { index } = await this.#open();
    if (isDigest(reference)) return bare((await this.#facts.of(reference))?.descriptor);
    const named = index.manifests.find(
      (entry) => tagOfEntry(entry) === reference || shortTag(entry) === reference,
    );
    const [only] = index.manifests.length === 1 ? index.manifests : [];
    return bare(named ?? (only && tagOfEntry(only) == null ? only : undefined));
  }

  async has(descriptor: Descriptor): Promise<boolean> {
    return (await this.#member(descriptor.digest))?.size === descriptor.size;
  }

  async *read(descriptor: Descriptor, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const member = await this.#member(descriptor.digest);
    if (!member) throw missing(descriptor.digest, this.name);
    if (member.size !== descriptor.size) {
      throw mismatch(
        descriptor,
        this.name,
        `${member.size} bytes where ${descriptor.size} were promised`,
      );
    }
    await using file = await open(this.#path, 'r');
    if (range) yield* slice(file, member, range);
    else yield* checked(slice(file, member, { start: 0, end: member.size }), descriptor, this.name);
  }

  async tags(): Promise<string[]> {
    const { index } = await this.#open();
    const tags = index.manifests.map(shortTag);
    return [...new Set(tags.filter((tag) => tag != null))].sort();
  }

  async referrers(subject: Digest, artifactType?: string): Promise<Descriptor[]> {
    const { index } = await this.#open();
    const listed = await this.#listed(subject);
    const all = new Map([...index.manifests, ...listed].map((one) => [one.digest, bare(one)]));
    return this.#facts.referrers([...all.values()], subject, artifactType);
  }

  /**
   * Everything that is listed, with its tag when that is one. Of a list of referrers there are the
   * referrers: whoever writes them makes the list.
   */
  async entries(): Promise<{ descriptor: Descriptor; tag?: string }[]> {
    const { index } = await this.#open();
    const entries = index.manifests.map(async (entry) => {
      const tag = shortTag(entry);
      const subject = tag === undefined ? undefined : subjectOfList(tag);
      if (subject) return (await this.#listed(subject)).map((one) => ({ descriptor: bare(one) }));
      return [{ descriptor: bare(entry), ...(tag !== undefined && isTag(tag) ? { tag } : {}) }];
    });
    return (await Promise.all(entries)).flat();
  }

  async #listed(subject: Digest): Promise<Descriptor[]> {
    const { index } = await this.#open();
    return listedReferrers(index.manifests, subject, { read: (digest) => this.#smallBlob(digest) });
  }

  async #member(digest: Digest): Promise<ArchiveMember | undefined> {
    return (await this.#open()).members.get(`blobs/${digest.replace(':', '/')}`);
  }

  async #smallBlob(digest: Digest): Promise<Uint8Array | undefined> {
    const member = await this.#member(digest);
    if (!member || member.size > MANIFEST_LIMIT) return undefined;
    await using file = await open(this.#path, 'r');
    return await readMember(file, member);
  }

  #open(): Promise<Contents> {
    this.#contents ??= readContents(this.#path);
    return this.#contents;
  }
}

/** podman writes the whole name of an image where others write its tag. */
function shortTag(entry: LayoutEntry): string | undefined {
  return tagOfEntry(entry)?.replace(/^.*[/:]/, '');
}

async function readContents(path: string): Promise<Contents> {
  if (!existsSync(path)) return { members: new Map(), index: { schemaVersion: 2, manifests: [] } };
  await using file = await open(path, 'r');
  const members = await listArchive(file, path);
  const member = members.get('index.json');
  if (!member || member.size > INDEX_LIMIT) {
    throw new LockstepError('invalid-content', `${path} holds no OCI image layout`, {
      context: { path },
    });
  }
  return { members, index: parseIndex(await readMember(file, member), `${path}:index.json`) };
}

async function readMember(file: FileHandle, { offset, size }: ArchiveMember): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, offset);
  return buffer.subarray(0, bytesRead);
}

async function* slice(
  file: FileHandle,
  { offset }: ArchiveMember,
  { start, end }: ByteRange,
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; ) {
    const length = Math.min(1 << 20, end - at);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset + at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function bare<T extends Descriptor | undefined>(descriptor: T): T {
  if (!descriptor) return descriptor;
  const { mediaType, digest, size } = descriptor;
  return { mediaType, digest, size } as T;
}
