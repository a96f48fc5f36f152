import type { TarHeader } from '../../file/tar/tar.ts';
import { digestOf } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import type { Descriptor } from '../descriptor.ts';

/** Where the bytes of a file lie in a compressed layer: pieces in the order of the file. */
export interface ContentPlace {
  format: 'zstd' | 'gzip';
  pieces: ContentPiece[];
  /** True when the pieces hold nothing but the file. */
  alone: boolean;
  /** Digest of the whole file, when the table has it. */
  digest?: string;
}

export interface ContentPiece {
  /** Bytes of the layer that decompress by themselves. */
  start: number;
  end: number;
  /** Bytes of what comes out that belong to others before it. */
  skip: number;
  /** Bytes of the file. */
  size: number;
}

/** One entry of a layer as its table of contents has it. */
export interface TocEntry {
  header: TarHeader;
  place?: ContentPlace;
}

export type TocFormat = 'zstd:chunked' | 'zstd:chunked (stargz)' | 'estargz';

/** The table of contents of a layer. */
export interface LayerToc {
  format: TocFormat;
  /**
   * True when an annotation of the layer in the image's manifest names the table's digest. Only
   * then does the image's own digest stand for the table; otherwise anybody may have changed it.
   */
  bound: boolean;
  entries: TocEntry[];
}

/** Largest table of contents, decompressed: bytes. The same as in containers/storage. */
export const TOC_LIMIT = 150 << 20;

/** Annotations that hold the digest of a table, one for each way to keep one. */
export const TOC_ANNOTATION = {
  chunked: 'io.github.containers.zstd-chunked.manifest-checksum',
  stargz: 'io.containers.zstd-chunked.manifest-checksum',
  estargz: 'containerd.io/snapshot/stargz/toc.digest',
} as const;

/** True when the layer's descriptor promises a table of contents and names its digest. */
export function hasBoundToc({ annotations = {} }: Descriptor): boolean {
  return Object.values(TOC_ANNOTATION).some((name) => annotations[name] !== undefined);
}

/** Throws `digest-mismatch` unless the bytes are those that an annotation names. */
export function requireTocDigest(bytes: Uint8Array, wanted: string, layer: Descriptor): void {
  const found = digestOf(bytes);
  if (found === wanted) return;
  throw new LockstepError(
    'digest-mismatch',
    `table of contents of layer ${layer.digest} is ${found}, its annotation says ${wanted}`,
    { context: { digest: layer.digest } },
  );
}
