import { parentPort, workerData } from 'node:worker_threads';
import { cachedParts, openCacheReader } from './cached-reads.ts';
import { serve } from './channel.ts';
import { flistFileSystem } from './filesystem.ts';
import type { ServerTask } from './server.ts';

const { fuse, manifest, cache } = workerData as ServerTask;

serve(fuse, {
  fileSystem: flistFileSystem(manifest),
  cached: cachedParts(await openCacheReader(cache)),
  passOn: (asked) => parentPort?.postMessage(asked, []),
});
