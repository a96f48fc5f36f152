import type { TarHeader, TarType } from '../../file/tar/tar.ts';

const TYPES: Record<TarType, string> = {
  file: 'reg',
  hardlink: 'hardlink',
  symlink: 'symlink',
  directory: 'dir',
  character: 'char',
  block: 'block',
  fifo: 'fifo',
};

/** A part of a file that is compressed by itself. */
export interface WrittenChunk {
  /** Where it starts in the file, and how long it is there. */
  at: number;
  size: number;
  /** Empty for the only one of its file, which has the file's. */
  digest: string;
  /** Where it lies in the layer; known once it is compressed. */
  start: number;
  end: number;
}

/** A file that was written, its chunks in order; none when it is empty or no file. */
export interface WrittenFile {
  header: TarHeader;
  digest?: string;
  chunks: WrittenChunk[];
}

/**
 * The JSON of an entry and of its further chunks, as containers/storage writes them: members
 * that are zero are left out, and chunks are spoken of only when there are several.
 */
export function* tocJson({ header, digest, chunks }: WrittenFile): Generator<string> {
  const name = nameOf(header);
  const [first] = chunks;
  const several = chunks.length > 1;
  yield JSON.stringify({
    type: TYPES[header.type],
    name,
    ...metadataOf(header),
    ...(digest && { digest }),
    ...(first && { offset: first.start, endOffset: chunks.at(-1)?.end }),
    ...(first && several && { chunkSize: first.size, chunkDigest: first.digest }),
  });
  for (const { at, size, digest: chunkDigest, start } of chunks.slice(1)) {
    yield JSON.stringify({
      type: 'chunk',
      name,
      offset: start,
      chunkSize: size,
      chunkOffset: at,
      chunkDigest,
    });
  }
}

function metadataOf(header: TarHeader): object {
  const { linkPath, mode, size, uid, gid, major, minor, xattrs, pax } = header;
  const values = Object.entries(xattrs ?? {}).map(([key, value]) => [
    key,
    value.toString('base64'),
  ]);
  return {
    ...(linkPath && { linkName: linkPath }),
    ...(mode && { mode }),
    ...(size && { size }),
    ...(uid && { uid }),
    ...(gid && { gid }),
    modtime: timeOf(header.mtime, header.nanoseconds),
    ...(pax?.atime && { accesstime: decimalTime(pax.atime) }),
    ...(pax?.ctime && { changetime: decimalTime(pax.ctime) }),
    ...(major && { devMajor: major }),
    ...(minor && { devMinor: minor }),
    ...(values.length > 0 && { xattrs: Object.fromEntries(values) }),
  };
}

/** As in the archive, where folders end with a slash. */
function nameOf({ type, path }: TarHeader): string {
  return type === 'directory' && !path.endsWith('/') ? `${path}/` : path;
}

/** RFC 3339 with as many decimals as there are. */
function timeOf(seconds: number, nanoseconds: number): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5);
  const decimals =
    nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`;
  return `${whole}${decimals}Z`;
}

function decimalTime(value: Buffer): string {
  const [whole = '0', fraction = ''] = value.toString('latin1').split('.');
  return timeOf(Number(whole), Number(fraction.padEnd(9, '0').slice(0, 9)));
}
