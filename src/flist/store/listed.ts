import { LockstepError } from '../../system/error.ts';
import type { StoreAddress } from './address.ts';
import { listPages } from './bucket.ts';
import type { StoreConnection } from './request.ts';
import { idOfObject } from './store.ts';

/** Questions for single blocks that take as long as one page of a list. */
const QUESTIONS_A_PAGE = 64;

/**
 * Names of the blocks that a bucket lists; undefined when that takes longer than to ask for
 * `expected` blocks, and when it cannot be listed. What a list has left out is sent once more; what
 * it names must still be asked for, since buckets have listed what they do not hold.
 */
export async function listedBlocks(
  address: StoreAddress,
  expected: number,
  connection: StoreConnection,
): Promise<ReadonlySet<string> | undefined> {
  const most = Math.floor(expected / QUESTIONS_A_PAGE);
  if (most === 0) return undefined;
  const listed = new Set<string>();
  let pages = 0;
  try {
    for await (const page of listPages(address, '', connection)) {
      const names = page.map(({ name }) => name).filter((name) => idOfObject(name) != null);
      for (const name of names) listed.add(name);
      pages++;
      if (pages / shareBefore(names.at(-1)) > most) return undefined;
    }
  } catch (error) {
    if (error instanceof LockstepError) return undefined;
    throw error;
  }
  return listed;
}

/** How much of a bucket a list has told up to a name: ids are spread evenly. */
function shareBefore(name = 'ff'): number {
  return (Number.parseInt(name.slice(0, 2), 16) + 1) / 256;
}
