import type { Digest } from '../system/digest.ts';
import type { Descriptor } from './descriptor.ts';

/** Bytes `start` up to but without `end` of a blob. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Reads content by digest. */
export interface Reader {
  /** How messages name it, credentials left out: `oci:store/debian-zfs`, `host/owner/name`. */
  readonly name: string;
  /** The manifest that a tag or a digest names; undefined when there is none. */
  resolve(reference: string): Promise<Descriptor | undefined>;
  has(descriptor: Descriptor): Promise<boolean>;
  /**
   * Streams content. A whole read is checked against digest and size and throws
   * `digest-mismatch` before its end is reported; of a range only the length is checked.
   */
  read(descriptor: Descriptor, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** Every tag, sorted. */
  tags(): Promise<string[]>;
  /** Manifests whose `subject` is this digest. */
  referrers(subject: Digest, artifactType?: string): Promise<Descriptor[]>;
}

/** Writes content and moves tags. */
export interface Writer {
  /** Stores a blob or a manifest (told by media type); content that does not match is refused. */
  write(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Points a tag at a stored manifest. With `expected` the tag must point there now (null: must
   * not exist), else `conflict` is thrown and nothing moves.
   */
  tag(tag: string, descriptor: Descriptor, expected?: Digest | null): Promise<void>;
  untag(tag: string): Promise<void>;
  /** Removes a manifest with every tag that points to it. */
  delete(descriptor: Descriptor): Promise<void>;
}

/** One repository of a registry, of a folder of layouts, or of memory. */
export interface Repository extends Reader, Writer {}

/** A place that holds repositories: a registry's namespace, or a folder with a layout for each. */
export interface Registry {
  repository(name: string): Repository;
}

/** An end that can take content from a sibling without its bytes passing through us. */
export interface Mounter {
  /** True when the blob is here now; false when it has to be written. */
  mount(descriptor: Descriptor, from: Reader): Promise<boolean>;
}

/** An end that knows all its manifests, those without a tag among them. */
export interface ManifestLister {
  manifests(): Promise<Descriptor[]>;
  /** When content was stored here; undefined when that is not known. */
  storedAt(descriptor: Descriptor): Promise<Date | undefined>;
}

/** An end that keeps content which nothing names until it is told to let it go. */
export interface Sweeper {
  /** Removes blobs that no manifest here names and that were stored before `olderThan`. */
  sweep(olderThan: Date): Promise<Digest[]>;
}

/** An end that removes many manifests in one go, in their order, for little more than one costs. */
export interface BulkDeleter {
  deleteAll(descriptors: readonly Descriptor[]): Promise<void>;
}

/** An end whose tags another client may move between our look at them and our write. */
export interface Unguarded {
  /** Milliseconds in which such a client may be at work: what stands longer will stay. */
  readonly settleTime: number;
}

/** An end that gathers what is written and puts it in its place when it is told that this is all. */
export interface Gatherer {
  settle(): Promise<void>;
  /** Forgets what was written. */
  abandon(): Promise<void>;
}

/** An end that gives a manifest for its name at once, where others are asked what it is first. */
export interface ManifestReader {
  manifest(reference: string): Promise<StoredManifest | undefined>;
}

/** An end that stores a manifest and points a tag at it in one go. */
export interface TagWriter {
  /** The same as `write` and `tag`. */
  writeTagged(tag: string, document: StoredManifest, expected?: Digest | null): Promise<void>;
}

/** The bytes of a manifest, and what names them. */
export interface StoredManifest {
  descriptor: Descriptor;
  bytes: Buffer;
}

export function canWriteTagged<T extends Reader>(end: T): end is T & TagWriter {
  return 'writeTagged' in end;
}

export function canReadManifest<T extends Reader>(end: T): end is T & ManifestReader {
  return 'manifest' in end;
}

export function canSettle<T extends Reader>(end: T): end is T & Gatherer {
  return 'settle' in end;
}

export function canDeleteAll<T extends Reader>(end: T): end is T & BulkDeleter {
  return 'deleteAll' in end;
}

export function isUnguarded<T extends Reader>(end: T): end is T & Unguarded {
  return 'settleTime' in end;
}

export function canMount<T extends Reader>(end: T): end is T & Mounter {
  return 'mount' in end;
}

export function canListManifests<T extends Reader>(end: T): end is T & ManifestLister {
  return 'manifests' in end;
}

export function canSweep<T extends Reader>(end: T): end is T & Sweeper {
  return 'sweep' in end;
}
