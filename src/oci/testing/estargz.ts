import { gzipSync, zstdCompressSync } from 'node:zlib';
import { TAR_END, tarEntryBytes } from '../../file/tar/write.ts';
import { digestOf } from '../../system/digest.ts';

/** A layer with a table, and the annotations that bind the table. */
export interface TabledLayer {
  bytes: Buffer;
  annotations: Record<string, string>;
  /** The table, compressed, where it is not inside. */
  toc: Buffer;
  tocOffset: number;
}

export interface EstargzOptions {
  footer?: 'estargz' | 'legacy' | 'external' | 'zstd';
  /** Bytes after which a file goes on in a new piece (default: one piece). */
  chunk?: number;
  /** Changes the JSON before it is written. */
  lie?: (entries: Record<string, unknown>[]) => void;
}

/**
 * An eStargz layer as its specification describes it, or the zstd:chunked layer of the stargz
 * snapshotter: each content starts a member of its own, which the headers behind it go on in.
 */
export function estargzLayer(
  files: Record<string, string>,
  options: EstargzOptions = {},
): TabledLayer {
  const zstd = options.footer === 'zstd';
  const pack = zstd ? (data: Buffer) => zstdCompressSync(data) : (data: Buffer) => gzipSync(data);
  const members: Buffer[] = [];
  const entries: Record<string, unknown>[] = [];
  let open: Buffer = Buffer.alloc(0);
  const close = () => {
    if (open.length > 0) members.push(pack(open));
    open = Buffer.alloc(0);
    return members.reduce((sum, { length }) => sum + length, 0);
  };
  for (const [name, content] of Object.entries({ '.no.prefetch.landmark': '\x0f', ...files })) {
    const tar = tarEntryBytes({ path: name }, Buffer.from(content));
    const bytes = Buffer.from(content);
    open = Buffer.concat([open, tar.subarray(0, 512)]);
    const size = options.chunk ?? (bytes.length || 1);
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      const chunk = {
        offset: close(),
        chunkOffset: at,
        chunkSize: at === 0 && piece.length === bytes.length ? 0 : piece.length,
        chunkDigest: digestOf(piece),
      };
      entries.push(
        at === 0
          ? {
              type: 'reg',
              name,
              size: bytes.length,
              mode: 0o644,
              modtime: '2020-01-01T00:00:00Z',
              digest: digestOf(bytes),
              ...chunk,
            }
          : { type: 'chunk', name, ...chunk },
      );
      open = Buffer.from(piece);
    }
    if (bytes.length === 0) entries.push({ type: 'reg', name, mode: 0o644 });
    open = Buffer.concat([open, tar.subarray(512 + bytes.length)]);
  }
  const tocOffset = close();
  options.lie?.(entries);
  const json = Buffer.from(JSON.stringify({ version: 1, entries }));
  return zstd
    ? zstdEnd(members, json, tocOffset)
    : gzipEnd(members, json, tocOffset, options.footer ?? 'estargz');
}

function gzipEnd(members: Buffer[], json: Buffer, tocOffset: number, kind: string): TabledLayer {
  const toc = gzipSync(
    Buffer.concat([tarEntryBytes({ path: 'stargz.index.json' }, json), TAR_END]),
  );
  const offset = tocOffset.toString(16).padStart(16, '0');
  const extra =
    {
      estargz: `SG\x16\0${offset}STARGZ`,
      legacy: `${offset}STARGZ`,
      external: 'SG\x11\0STARGZEXTERNALTOC',
    }[kind] ?? '';
  const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, extra.length, 0]);
  const footer = Buffer.concat([
    head,
    Buffer.from(extra, 'latin1'),
    Buffer.from([1, 0, 0, 0xff, 0xff]),
    Buffer.alloc(8),
  ]);
  const annotations = { 'containerd.io/snapshot/stargz/toc.digest': digestOf(json) };
  const parts = kind === 'external' ? [...members, footer] : [...members, toc, footer];
  return { bytes: Buffer.concat(parts), annotations, tocOffset, toc };
}

function zstdEnd(members: Buffer[], json: Buffer, end: number): TabledLayer {
  const tail = zstdCompressSync(TAR_END);
  const toc = zstdCompressSync(json);
  const tocOffset = end + tail.length + 8;
  const footer = Buffer.alloc(40);
  for (const [index, value] of [tocOffset, toc.length, json.length, 1].entries()) {
    footer.writeBigUInt64LE(BigInt(value), 8 * index);
  }
  footer.write('GnUlInUx', 32, 'latin1');
  const skippable = (data: Buffer) => {
    const head = Buffer.from('502a4d1800000000', 'hex');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data]);
  };
  const annotations = {
    'io.containers.zstd-chunked.manifest-checksum': digestOf(toc),
    'io.containers.zstd-chunked.manifest-position': `${tocOffset}:${toc.length}:${json.length}:1`,
  };
  return {
    bytes: Buffer.concat([...members, tail, skippable(toc), skippable(footer)]),
    annotations,
    tocOffset,
    toc,
  };
}
