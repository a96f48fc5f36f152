import { LockstepError } from '../system/error.ts';
import { blocksOf } from './manifest/blocks.ts';
import type { FlistEntry } from './manifest/entries.ts';
import type { BlockSource } from './store/source.ts';

/**
 * The content of a file, block by block, each checked. Throws `digest-mismatch` for a block that
 * is not what the manifest names, `network` when no route could be asked, `not-found` when none
 * has it.
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

const CODES = {
  'block-missing': 'not-found',
  'route-unreachable': 'network',
  'block-damaged': 'digest-mismatch',
  'block-key': 'digest-mismatch',
  'block-size': 'digest-mismatch',
} as const;

function faultError(
  { rule, message }: { rule: keyof typeof CODES; message: string },
  path: string,
) {
  return new LockstepError(CODES[rule], `${path}: ${message}`, {
    context: { path, rule },
    hint: 'lockstep flist verify tells every block that cannot be read',
  });
}
