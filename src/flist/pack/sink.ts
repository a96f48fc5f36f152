import { LockstepError } from '../../system/error.ts';
import type { BlockName, EncodedBlock } from '../block/codec.ts';
import { type Routed, storesFor } from '../store/open.ts';
import type { BlockStore } from '../store/store.ts';

/** Takes blocks to all stores that are for them, each block once. */
export interface BlockSink {
  store(block: EncodedBlock): Promise<void>;
  /** True when every store has all of these. */
  holdsAll(names: readonly BlockName[]): Promise<boolean>;
  counts(): { stored: number; reused: number };
}

/** Throws `usage` when some blocks would have no store. */
export function openSink(stores: readonly Routed<BlockStore>[]): BlockSink {
  requireWhole(stores);
  const seen = new Map<string, Promise<boolean>>();
  let stored = 0;
  let reused = 0;
  return {
    async store({ id, stored: bytes }) {
      const name = Buffer.from(id).toString('hex');
      const known = seen.get(name);
      const sent = known ?? send(storesFor(stores, name), name, bytes);
      if (!known) seen.set(name, sent);
      if ((await sent) && !known) stored++;
      else reused++;
    },
    async holdsAll(names) {
      for (const { id } of names) {
        const name = Buffer.from(id).toString('hex');
        for (const store of storesFor(stores, name)) if (!(await store.has(name))) return false;
      }
      reused += names.length;
      return true;
    },
    counts: () => ({ stored, reused }),
  };
}

/** True when a store lacked it. */
async function send(
  stores: readonly BlockStore[],
  id: string,
  bytes: Uint8Array,
): Promise<boolean> {
  const lacking = await Promise.all(
    stores.map(async (store) => ((await store.has(id, bytes.length)) ? undefined : store)),
  );
  for (const store of lacking) await store?.put(id, bytes);
  return lacking.some((store) => store != null);
}

function requireWhole(stores: readonly Routed<BlockStore>[]): void {
  for (let byte = 0; byte < 256; byte++) {
    if (stores.some(({ start, end }) => start <= byte && byte <= end)) continue;
    const shown = byte.toString(16).padStart(2, '0');
    throw new LockstepError('usage', `no store for blocks whose id begins with ${shown}`, {
      hint: 'give stores for all of 00-ff',
    });
  }
}
