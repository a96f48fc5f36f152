import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { followRedirects } from '../../oci/remote/redirect.ts';
import { withRetries } from '../../oci/remote/retry.ts';
import { type HttpResponse, httpTransport, placeOf } from '../../oci/remote/transport.ts';
import { LockstepError } from '../../system/error.ts';
import type { DownloadedFile } from '../module-source.ts';
import type { RemoteSource } from '../spec/remote-sources.ts';
import type { GitPoolOptions } from './archive.ts';

/** Bytes; as much as a file of a repository may have. */
const LIMIT = 1 << 30;

/** Milliseconds. */
const TIMEOUT = 600_000;

/**
 * Fetches a source that a spec takes from elsewhere into the pool, by content. Throws
 * `digest-mismatch` for other content than the repository pins, and `not-found` for one that is gone.
 */
export async function fetchRemote(
  source: RemoteSource,
  options: GitPoolOptions,
): Promise<DownloadedFile> {
  const { pool, env, signal, timeout = TIMEOUT } = options;
  await mkdir(join(pool, 'partial'), { recursive: true });
  const partial = join(pool, 'partial', randomUUID());
  const late = AbortSignal.timeout(timeout);
  const request = {
    method: 'GET',
    url: new URL(source.url),
    signal: signal ? AbortSignal.any([signal, late]) : late,
  };
  try {
    const found = await withRetries(
      async () => {
        const response = await followRedirects(httpTransport({ env }), request);
        if (response.status === 200) return save(response, partial, { source, options });
        response.discard();
        throw refused(source, response);
      },
      { attempts: 4, ...(signal && { signal }) },
    );
    await rename(partial, join(pool, found.sha256));
    return { name: source.name, url: source.url, ...found };
  } finally {
    await rm(partial, { force: true });
  }
}

/** Writes what comes; it must be what the checksum says, and no more than may come. */
async function save(
  { body }: HttpResponse,
  path: string,
  { source, options }: { source: RemoteSource; options: GitPoolOptions },
): Promise<{ sha256: string; size: number }> {
  const { limit = LIMIT } = options;
  const hashes = { promised: createHash(source.algorithm), ours: createHash('sha256') };
  let size = 0;
  await using out = await open(path, 'w');
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit)
      throw new LockstepError('limit-exceeded', `${source.name} is larger than ${limit} bytes`);
    for (const hash of Object.values(hashes)) hash.update(chunk);
    await out.write(chunk);
  }
  const found = hashes.promised.digest('hex');
  if (found === source.hex) return { sha256: hashes.ours.digest('hex'), size };
  throw new LockstepError(
    'digest-mismatch',
    `${source.name} has the ${source.algorithm} ${found} where ${source.hex} was pinned`,
    { context: { url: source.url }, hint: 'upstream has changed it, or it was changed on the way' },
  );
}

function refused({ name, url }: RemoteSource, { status, url: last }: HttpResponse): LockstepError {
  const isGone = status === 404 || status === 410;
  const message = `${name} could not be fetched: ${placeOf(last)} answered ${status}`;
  return new LockstepError(isGone ? 'not-found' : 'network', message, {
    context: { url },
    hint: 'take a commit whose spec names another address, or put the file into the repository',
  });
}
