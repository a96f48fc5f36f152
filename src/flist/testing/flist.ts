import { accessSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { httpTransport } from '../../oci/remote/transport.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import type { FlistEntry } from '../manifest/entries.ts';
import { entriesOf } from '../manifest/entries.ts';
import { packFolder } from '../pack/pack.ts';
import type { StoreConnection } from '../store/request.ts';
import { parseRoute } from '../store/route.ts';

/** Mounting takes root and the device; where they are not there, tests of it are skipped by name. */
export const mayMount: boolean = (() => {
  try {
    accessSync('/dev/fuse');
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
})();

export const connection: StoreConnection = {
  transport: httpTransport({ env: {} }),
  retry: { attempts: 2, pause: 1 },
};

/** A packed folder with its store; all of it goes when its scope ends. */
export interface TestFlist extends AsyncDisposable {
  work: TemporaryFolder;
  folder: string;
  manifest: string;
  store: string;
  entries: FlistEntry[];
}

/** Packs what `fill` puts into a folder. */
export async function aFlist(fill: (folder: string) => void): Promise<TestFlist> {
  const work = await temporaryFolder();
  const [folder = '', manifest = '', store = ''] = ['tree', 'tree.fl', 'store'].map((name) =>
    join(work.path, name),
  );
  mkdirSync(folder);
  fill(folder);
  const stores = [parseRoute(`dir://${store}`)];
  const packed = await packFolder({ folder, manifest, stores }, connection);
  const entries = entriesOf(packed.manifest);
  return {
    work,
    folder,
    manifest,
    store,
    entries,
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}
