import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfJson } from './digest.ts';
import { writeWhole } from './write-whole.ts';

/** Version of what is kept; what an older one kept is computed anew. */
const KEPT_VERSION = 1;

/**
 * Gives what was computed for this key before, or computes and keeps it in the folder. The key
 * must name everything that the answer depends on; the answer must survive JSON.
 */
export async function remembered<T>(
  folder: string,
  key: unknown,
  compute: () => Promise<T>,
): Promise<T> {
  const name = digestOfJson({ key, version: KEPT_VERSION }).slice(7);
  const path = join(folder, `${name}.json`);
  const kept = await readJson(path);
  if (kept !== undefined) return kept as T;
  const answer = await compute();
  await writeWhole(path, Buffer.from(JSON.stringify(answer)));
  return answer;
}

/** A file cut short by a crash counts as none. */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}
