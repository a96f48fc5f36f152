import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TAR_END, tarEntry, tarEntryBytes } from '../../file/tar/write.ts';
import type { Digest } from '../../system/digest.ts';
import { PARTIAL } from '../layout/file.ts';
import {
  type LayoutEntry,
  type LayoutIndex,
  parseIndex,
  tagOfEntry,
} from '../layout/index-file.ts';
import type { LayoutRepository } from '../layout/layout.ts';
import { childrenOf, isIndex, readManifest } from '../manifest.ts';
import { isIndexType } from '../media-type.ts';

/** A layout as a tar file: the same content always gives the same bytes. */
export async function* packLayout(layout: LayoutRepository): AsyncGenerator<Uint8Array> {
  const blobs = join(layout.path, 'blobs/sha256');
  yield tarEntryBytes({ path: 'index.json' }, Buffer.from(await indexOf(layout)));
  yield tarEntryBytes({ path: 'oci-layout' }, await readFile(join(layout.path, 'oci-layout')));
  yield tarEntryBytes({ path: 'blobs', type: 'directory' });
  yield tarEntryBytes({ path: 'blobs/sha256', type: 'directory' });
  for (const name of (await readdir(blobs)).sort()) {
    if (name.startsWith(PARTIAL)) continue;
    const { size } = await stat(join(blobs, name));
    const content = createReadStream(join(blobs, name), { highWaterMark: 1 << 20 });
    yield* tarEntry({ path: `blobs/sha256/${name}`, size }, content);
  }
  yield TAR_END;
}

/**
 * Lists what has a tag or is part of nothing else, sorted: of a file that is given without a tag
 * other tools take its only image, and an index's images must not stand beside it.
 */
async function indexOf(layout: LayoutRepository): Promise<string> {
  const path = join(layout.path, 'index.json');
  const index: LayoutIndex = parseIndex(await readFile(path), path);
  const parts = new Set<Digest>();
  for (const entry of index.manifests.filter(({ mediaType }) => isIndexType(mediaType))) {
    const { manifest } = await readManifest(layout, entry);
    for (const { digest } of isIndex(manifest) ? childrenOf(manifest) : []) parts.add(digest);
  }
  const manifests = index.manifests
    .filter((entry) => tagOfEntry(entry) !== undefined || !parts.has(entry.digest))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return JSON.stringify({ ...index, manifests });
}

function keyOf(entry: LayoutEntry): string {
  return `${tagOfEntry(entry) ?? ''}\0${entry.digest}`;
}
