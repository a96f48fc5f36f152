import { mapConcurrently } from '../system/concurrency.ts';
import { type Finding, passes } from '../system/finding.ts';
import { openBlockCodec } from './block/codec.ts';
import { distinctBlocks } from './manifest/blocks.ts';
import { entriesOf } from './manifest/entries.ts';
import { type LoadedManifest, ManifestRefused } from './manifest/load.ts';
import { requirePlace } from './manifest/place.ts';
import { writeManifest } from './manifest/write.ts';
import { openSink } from './pack/sink.ts';
import { routesTold } from './store/address.ts';
import { openReaders, openStores, type StoreOptions } from './store/open.ts';
import { type Route } from './store/route.ts';
import { blockFinding, openBlockSource } from './store/source.ts';

export interface CloneOptions extends StoreOptions {
  keepPasswords?: boolean;
  onProgress?: (done: number, all: number) => void;
}

const AT_ONCE = 16;

/**
 * Copies the blocks of a flist to other stores as they are, each checked on the way, then writes a
 * manifest that names those. Throws `ManifestRefused` with every block that cannot be read; then
 * no manifest is written.
 */
export async function cloneFlist(
  { manifest, path }: LoadedManifest,
  { stores, output }: { stores: readonly Route[]; output: string },
  options: CloneOptions,
): Promise<{ stored: number; reused: number }> {
  await requirePlace(output);
  const blocks = distinctBlocks(entriesOf(manifest));
  const sink = openSink(openStores(stores, { ...options, expected: blocks.length }));
  const source = openBlockSource(openReaders(manifest.routes, options), await openBlockCodec());
  let done = 0;
  const faults = await mapConcurrently(blocks, AT_ONCE, async (block): Promise<Finding[]> => {
    options.retry?.signal?.throwIfAborted();
    const read = await source.read(block, block.size);
    if ('fault' in read) return [blockFinding(read.fault, block.path)];
    await sink.store({ id: block.id, key: block.key, stored: read.stored });
    options.onProgress?.(++done, blocks.length);
    return [];
  });
  const findings = faults.flat();
  if (!passes(findings)) throw new ManifestRefused(path, findings);
  const routes = routesTold(stores, options);
  await writeManifest(output, { ...manifest, routes });
  return sink.counts();
}
