import { parentPort, workerData } from 'node:worker_threads';
import { cachedParts, openCacheReader } from './cached-reads.ts';
import { serve } from './channel.ts';
import { flistFileSystem } from './filesystem.ts';
import type { ServerTask } from './server.ts';

const { fuse, manifest, cache } = workerData as ServerTask;

void openCacheReader(cache).then((reader) =>
  serve(fuse, {
    fileSystem: flistFileSystem(manifest),
    cached: cachedParts(reader),
    passOn: (asked) => parentPort?.postMessage(asked, []),
  }),
);
