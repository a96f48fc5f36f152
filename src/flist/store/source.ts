import type { Finding } from '../../system/finding.ts';
import type { BlockCodec, BlockFault, BlockName } from '../block/codec.ts';
import { type Routed, storesFor } from './open.ts';
import type { BlockReader } from './store.ts';

/** A block that was read and is what its manifest says, or why there is none. */
export type ReadBlock =
  | { content: Uint8Array; stored: Uint8Array }
  | {
      fault: { rule: BlockFault['rule'] | 'block-missing' | 'route-unreachable'; message: string };
    };

/** Reads blocks through the routes of a flist; any route that has a good one will do. */
export interface BlockSource {
  /** `size`: bytes that the block must hold. */
  read(name: BlockName, size?: number): Promise<ReadBlock>;
}

export function openBlockSource(
  routes: readonly Routed<BlockReader>[],
  codec: BlockCodec,
): BlockSource {
  return {
    async read(name, size) {
      const id = Buffer.from(name.id).toString('hex');
      let worst: Fault = { rule: 'block-missing', message: `no route has the block ${id}` };
      for (const store of storesFor(routes, id)) {
        const found = await readFrom(store, { id, codec, name, size });
        if ('content' in found) return found;
        if (WEIGHT[found.fault.rule] > WEIGHT[worst.rule]) worst = found.fault;
      }
      return { fault: worst };
    },
  };
}

type Fault = Extract<ReadBlock, { fault: unknown }>['fault'];

/** What is told when routes answer differently: a route that could not be asked might have it. */
const WEIGHT: Record<Fault['rule'], number> = {
  'block-missing': 0,
  'route-unreachable': 1,
  'block-size': 2,
  'block-key': 2,
  'block-damaged': 2,
};

interface Wanted {
  id: string;
  codec: BlockCodec;
  name: BlockName;
  size: number | undefined;
}

async function readFrom(store: BlockReader, { id, codec, name, size }: Wanted): Promise<ReadBlock> {
  const told = (fault: Fault): ReadBlock => ({
    fault: { rule: fault.rule, message: `block ${id} of ${store.name}: ${fault.message}` },
  });
  try {
    const stored = await store.get(id);
    if (!stored) return told({ rule: 'block-missing', message: 'it is not there' });
    const decoded = codec.decode(stored, name, size);
    return 'fault' in decoded ? told(decoded.fault) : { content: decoded.content, stored };
  } catch (error) {
    return told({ rule: 'route-unreachable', message: (error as Error).message });
  }
}

/** The finding that a block which cannot be read is. */
export function blockFinding({ rule, message }: Fault, path: string): Finding {
  return { rule, severity: 'error', message, where: { file: path } };
}
