import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type NewTarHeader, TAR_END, tarEntryBytes } from '../../archive/tar-write.ts';

/** A file by its path: its content, a symbolic link `{to}`, a hard link `{same}`, or a folder `null`. */
export type LayerFiles = Record<
  string,
  string | Uint8Array | null | { to: string } | { same: string }
>;

/** The tar archive of a layer with these files in this order. */
export function tarLayer(files: LayerFiles): Buffer {
  const entries = Object.entries(files).map(([path, file]) => entryBytes(path, file));
  return Buffer.concat([...entries, TAR_END]);
}

export function gzipLayer(files: LayerFiles): Buffer {
  return gzipSync(tarLayer(files));
}

/** A layer of several zstd frames, as parallel compressors make them. */
export function zstdLayer(files: LayerFiles): Buffer {
  const tar = tarLayer(files);
  const middle = Math.floor(tar.length / 2);
  return Buffer.concat(
    [tar.subarray(0, middle), tar.subarray(middle)].map((part) => zstdCompressSync(part)),
  );
}

function entryBytes(path: string, file: LayerFiles[string]): Buffer {
  if (typeof file === 'string' || file instanceof Uint8Array) {
    return tarEntryBytes({ path }, Buffer.from(file));
  }
  return tarEntryBytes(headerOf(path, file));
}

function headerOf(path: string, file: { to: string } | { same: string } | null): NewTarHeader {
  if (file === null) return { path, type: 'directory' };
  if ('to' in file) return { path, type: 'symlink', linkPath: file.to };
  return { path, type: 'hardlink', linkPath: file.same };
}
