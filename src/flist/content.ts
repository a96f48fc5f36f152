import { LockstepError } from '../system/error.ts';
import { blocksOf } from './manifest/blocks.ts';
import type { FlistEntry } from './manifest/entries.ts';
import type { BlockSource } from './store/source.ts';

/**
 * The content of a file, block by block, each checked. Throws `gate-failed` for a block that no
 * route has or that is not what the manifest names, `network` when a route could not be asked.
 */
export async function* contentOf(
  entry: FlistEntry,
  source: BlockSource,
): AsyncGenerator<Uint8Array> {
  for (const block of blocksOf(entry)) {
    const read = await source.read(block, block.size);
    if ('fault' in read) throw faultError(read.fault, entry.path);
    yield read.content;
  }
}

function faultError(
  { rule, message }: { rule: string; message: string },
  path: string,
): LockstepError {
  const code = rule === 'route-unreachable' ? 'network' : 'gate-failed';
  return new LockstepError(code, `${rule}: ${path}: ${message}`, {
    context: { path, rule },
    hint: 'lockstep flist verify tells every block that cannot be read',
  });
}
