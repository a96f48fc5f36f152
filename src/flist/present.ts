import { mapConcurrently } from '../system/concurrency.ts';
import type { Finding } from '../system/finding.ts';
import { distinctBlocks, hexOf } from './manifest/blocks.ts';
import { entriesOf } from './manifest/entries.ts';
import type { Manifest } from './manifest/rows.ts';
import { openReaders, storesFor } from './store/open.ts';
import type { StoreConnection } from './store/request.ts';

const AT_ONCE = 16;

/**
 * The blocks of a flist that are not there: each is asked for through the routes, and none is
 * read. Throws when a route cannot be asked.
 */
export async function absentBlocks(
  manifest: Manifest,
  connection: StoreConnection,
): Promise<Finding[]> {
  const routes = openReaders(manifest.routes, connection);
  const found = await mapConcurrently(
    distinctBlocks(entriesOf(manifest)),
    AT_ONCE,
    async ({ id, path: file }) => {
      const name = hexOf(id);
      for (const store of storesFor(routes, name)) if (await store.holds(name)) return [];
      return [absent(name, file)];
    },
  );
  return found.flat();
}

function absent(id: string, file: string): Finding {
  const message = `no route has the block ${id}`;
  return { rule: 'block-missing', severity: 'error', message, where: { file } };
}
