import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readAll } from '../../oci/content.ts';
import { LockstepError } from '../../system/error.ts';
import type { DownloadedFile } from '../module-source.ts';
import type { Github } from './github.ts';
import type { ReleaseAsset } from './releases.ts';

/** Largest source archive that is fetched; OpenZFS's have 35 MB. */
const ARCHIVE_LIMIT = 512 << 20;

/** Bytes of a signature or a list of checksums. */
const SIGNATURE_LIMIT = 64 << 10;

/** A file in the pool. */
export interface Pooled {
  path: string;
  /** 64 hex digits. */
  sha256: string;
  size: number;
}

/** Where the pool keeps a source file: by content. */
function pooledPath(pool: string, sha256: string): string {
  return join(pool, sha256);
}

/**
 * Fetches pinned files into the pool, verified by sha256; what is there stays and is not fetched
 * again. Returns where they lie, in their order. Throws `not-found` for one that is gone.
 */
export async function fetchDownloads(
  github: Pick<Github, 'download'>,
  files: readonly DownloadedFile[],
  { pool }: { pool: string },
): Promise<string[]> {
  const paths: string[] = [];
  for (const file of files) paths.push((await fetchIntoPool(github, file, pool)).path);
  return paths;
}

/** A file of the pool, fetched when it is not there. Without a digest it is taken as it comes. */
export async function fetchIntoPool(
  github: Pick<Github, 'download'>,
  file: Omit<DownloadedFile, 'sha256'> & { sha256?: string },
  pool: string,
): Promise<Pooled> {
  const { sha256, size } = file;
  const known = sha256 && pooledPath(pool, sha256);
  if (known && existsSync(known)) return { path: known, sha256, size };
  if (size > ARCHIVE_LIMIT) throw tooBig(file, ARCHIVE_LIMIT);
  await mkdir(join(pool, 'partial'), { recursive: true });
  const partial = join(pool, 'partial', `${file.name.replaceAll('/', '_')}.${randomUUID()}`);
  try {
    const found = await github.download(file.url, ({ body }) => save(body, partial, file));
    if (sha256 && found !== sha256) throw mismatch(file, found);
    const path = pooledPath(pool, found);
    await rename(partial, path);
    return { path, sha256: found, size };
  } finally {
    await rm(partial, { force: true });
  }
}

/** Reads a small file of a release. */
export function fetchSmall(github: Pick<Github, 'download'>, asset: ReleaseAsset): Promise<Buffer> {
  return github.download(asset.url, ({ body }) => readAll(body, SIGNATURE_LIMIT, asset.name));
}

/** Writes what comes and gives its digest; exactly as many bytes as were announced may come. */
async function save(
  body: AsyncIterable<Uint8Array>,
  path: string,
  file: Pick<DownloadedFile, 'name' | 'size'>,
): Promise<string> {
  const hash = createHash('sha256');
  let size = 0;
  await using out = await open(path, 'w');
  for await (const chunk of body) {
    size += chunk.length;
    if (size > file.size) throw tooBig(file, file.size);
    hash.update(chunk);
    await out.write(chunk);
  }
  if (size === file.size) return hash.digest('hex');
  throw new LockstepError('network', `${file.name} ended after ${size} of ${file.size} bytes`);
}

function tooBig({ name }: { name: string }, limit: number): LockstepError {
  return new LockstepError('limit-exceeded', `${name} is larger than ${limit} bytes`, {
    context: { file: name, limit },
  });
}

function mismatch(file: { name: string; url: string; sha256?: string }, found: string) {
  const message = `${file.name} has the digest ${found} where ${file.sha256} was promised`;
  return new LockstepError('digest-mismatch', message, { context: { url: file.url } });
}
