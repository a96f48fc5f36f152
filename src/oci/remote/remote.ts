import { type Digest, digestOf, isDigest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { checked, MANIFEST_LIMIT, mismatch, missing, readAll, streamOf } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import { parseManifest } from '../manifest.ts';
import { isManifestType } from '../media-type.ts';
import { moved, requireTag } from '../reference.ts';
import type {
  ByteRange,
  Mounter,
  Reader,
  Repository,
  StoredManifest,
  TagWriter,
  Unguarded,
} from '../repository.ts';
import { Client, type ClientOptions } from './client.ts';
import { downloadBlob } from './download.ts';
import { GithubPackages } from './github.ts';
import { getManifest, headManifest, putManifest } from './manifests.ts';
import { listTags } from './pages.ts';
import {
  addByTag,
  completed,
  entryOf,
  listByApi,
  listByTag,
  removeByTag,
  SETTLE_TIME,
} from './referrers.ts';
import { uploadBlob } from './upload.ts';

/**
 * A repository of a registry (OCI distribution-spec 1.1, Docker registry API v2). Registries have
 * no conditional writes: `tag` with an expectation looks first, and whoever needs more than that
 * reads back and takes a turn (`release/promotion/turn.ts`).
 */
export function openRemote(options: ClientOptions): Repository & Mounter & TagWriter {
  return new Remote(new Client(options));
}

class Remote implements Repository, Mounter, TagWriter, Unguarded {
  readonly name: string;
  readonly settleTime = SETTLE_TIME;
  readonly #base: Client;
  readonly #packages: GithubPackages;
  /** Whether the registry keeps lists of referrers itself; unknown until it was asked. */
  #listsReferrers: boolean | undefined;
  /** The first question of that kind, for whose answer others wait. */
  #firstList: Promise<unknown> | undefined;

  /** Manifests that were stored here a moment ago and are about to get a tag. */
  readonly #written = new Map<Digest, StoredManifest>();

  constructor(client: Client) {
    this.#base = client;
    this.#packages = new GithubPackages(client.options);
    this.name = client.name;
  }

  get #client(): Client {
    return this.#base.operation();
  }

  resolve(reference: string): Promise<Descriptor | undefined> {
    return headManifest(this.#client, isDigest(reference) ? reference : requireTag(reference));
  }

  manifest(reference: string): Promise<StoredManifest | undefined> {
    return getManifest(this.#client, isDigest(reference) ? reference : requireTag(reference));
  }

  async has(descriptor: Descriptor): Promise<boolean> {
    if (isManifestType(descriptor.mediaType))
      return (await this.resolve(descriptor.digest)) != null;
    // A redirect is a yes; storage behind it often refuses HEAD.
    const expect = [200, 302, 303, 307, 404];
    const path = `blobs/${descriptor.digest}`;
    const answer = await this.#client.send({ method: 'HEAD', path, expect, follow: false });
    const length = answer.headers['content-length'];
    return answer.status === 200
      ? length == null || Number(length) === descriptor.size
      : answer.status !== 404;
  }

  async *read(descriptor: Descriptor, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const client = this.#client;
    try {
      if (isManifestType(descriptor.mediaType))
        yield* this.#readManifest(client, descriptor, range);
      else if (range) yield* downloadBlob(client, descriptor, range);
      else yield* checked(downloadBlob(client, descriptor), descriptor, this.name);
    } catch (error) {
      if (!(error instanceof LockstepError) || error.code !== 'not-found') throw error;
      throw missing(descriptor.digest, this.name);
    }
  }

  tags(): Promise<string[]> {
    return listTags(this.#client);
  }

  async referrers(subject: Digest, artifactType?: string): Promise<Descriptor[]> {
    const client = this.#client;
    const listed = (await this.#listed(client, subject)) ?? (await listByTag(client, subject));
    const entries = await completed(client, listed);
    return entries.filter((entry) => artifactType == null || entry.artifactType === artifactType);
  }

  async write(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (!isManifestType(descriptor.mediaType)) {
      return uploadBlob(this.#client, descriptor, content);
    }
    const stream = checked(content, descriptor, this.name);
    const bytes = await readAll(stream, MANIFEST_LIMIT, `manifest ${descriptor.digest}`);
    await this.#store(this.#client, descriptor.digest, { descriptor, bytes });
  }

  async writeTagged(tag: string, document: StoredManifest, expected?: Digest | null) {
    const client = this.#client;
    await this.#require(client, tag, expected);
    await this.#store(client, tag, document);
  }

  async mount(descriptor: Descriptor, from: Reader): Promise<boolean> {
    if (!(from instanceof Remote) || from.#base.options.host !== this.#base.options.host) {
      return false;
    }
    const source = from.#base.options.repository;
    const query = new URLSearchParams({ mount: descriptor.digest, from: source });
    const answer = await this.#client.send({
      method: 'POST',
      path: `blobs/uploads/?${query.toString()}`,
      expect: [201, 202, 404, 405],
      actions: 'pull,push',
      alsoPull: source,
    });
    // 202: the registry began an upload in place of mounting; it forgets it by itself.
    return answer.status === 201;
  }

  async tag(tag: string, descriptor: Descriptor, expected?: Digest | null): Promise<void> {
    const client = this.#client;
    await this.#require(client, tag, expected);
    const { digest } = descriptor;
    const found = this.#written.get(digest) ?? (await getManifest(client, digest));
    if (!found) throw missing(digest, this.name);
    await putManifest(client, tag, found);
    this.#remember(found);
  }

  async untag(tag: string): Promise<void> {
    const call = { method: 'DELETE', path: `manifests/${requireTag(tag)}` } as const;
    const answer = await this.#client.send({
      ...call,
      expect: [202, 200, 204, 404, 400, 405, 415],
      actions: 'pull,push,delete',
    });
    if (answer.status >= 400 && answer.status !== 404)
      throw cannot(this.name, 'remove a tag alone');
  }

  async delete(descriptor: Descriptor): Promise<void> {
    const client = this.#client;
    this.#written.delete(descriptor.digest);
    const found = await getManifest(client, descriptor.digest);
    if (!found) return;
    const call = { method: 'DELETE', path: `manifests/${descriptor.digest}` } as const;
    const expect = [202, 200, 204, 404, 400, 405, 501];
    const answer = await client.send({ ...call, expect, actions: 'pull,push,delete' });
    const refused = answer.status >= 400 && answer.status !== 404;
    if (refused && !(await this.#packages.delete(descriptor.digest))) {
      throw cannot(this.name, 'delete manifests');
    }
    const { subject } = parseManifest(found.bytes, found.descriptor.mediaType);
    if (subject && this.#listsReferrers !== true) {
      await removeByTag(client, subject.digest, descriptor.digest);
    }
  }

  async #listed(client: Client, subject: Digest): Promise<Descriptor[] | undefined> {
    if (this.#firstList) await this.#firstList.catch(() => {});
    if (this.#listsReferrers === false) return undefined;
    const asked = listByApi(client, subject).then((listed) => {
      this.#listsReferrers = listed != null;
      return listed;
    });
    this.#firstList ??= asked;
    return asked;
  }

  /** Throws `conflict` when a tag does not point where it is expected to. */
  async #require(client: Client, tag: string, expected: Digest | null | undefined): Promise<void> {
    requireTag(tag);
    if (expected === undefined) return;
    const now = await headManifest(client, tag);
    if ((now?.digest ?? null) !== expected) throw moved(this.name, tag, expected, now?.digest);
  }

  /** Stores a manifest under its digest or a tag, and lists it where the registry does not. */
  async #store(client: Client, reference: string, document: StoredManifest): Promise<void> {
    const { descriptor, bytes } = document;
    const manifest = parseManifest(bytes, descriptor.mediaType);
    const { knowsSubject } = await putManifest(client, reference, document);
    this.#remember(document);
    if (!manifest.subject || knowsSubject) return;
    await addByTag(client, manifest.subject.digest, entryOf(descriptor, manifest));
  }

  #remember(written: StoredManifest): void {
    this.#written.set(written.descriptor.digest, written);
    const [oldest] = this.#written.keys();
    if (this.#written.size > 8 && oldest) this.#written.delete(oldest);
  }

  async *#readManifest(
    client: Client,
    descriptor: Descriptor,
    range?: ByteRange,
  ): AsyncGenerator<Uint8Array> {
    const found = await getManifest(client, descriptor.digest);
    if (!found) throw missing(descriptor.digest, this.name);
    const { bytes } = found;
    if (range) yield bytes.subarray(range.start, range.end);
    else if (bytes.length === descriptor.size) yield* streamOf(bytes);
    else throw mismatch(descriptor, this.name, `${bytes.length} bytes, ${digestOf(bytes)}`);
  }
}

function cannot(name: string, what: string): LockstepError {
  return new LockstepError('unsupported', `the registry of ${name} cannot ${what}`, {
    hint: 'docker-registry needs REGISTRY_STORAGE_DELETE_ENABLED=true to delete anything',
  });
}
