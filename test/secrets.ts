import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A place where a secret was found. */
interface Leak {
  path: string;
  /** Which of the secrets. */
  secret: string;
}

/**
 * Looks for secrets, by name, in every file below a folder: in names, in what files hold, and in
 * what they hold when they are unpacked. Gives what was found, and how many files were looked at.
 */
export async function searchSecrets(
  folder: string,
  secrets: Readonly<Record<string, string>>,
): Promise<{ leaks: Leak[]; files: number }> {
  const leaks: Leak[] = [];
  let files = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const contents = await contentsOf(path, entry);
    if (contents.length > 0) files += 1;
    for (const [secret, text] of Object.entries(secrets)) {
      const found = path.includes(text) || contents.some((content) => content.includes(text));
      if (found) leaks.push({ path, secret });
    }
  }
  return { leaks, files };
}

async function contentsOf(
  path: string,
  entry: { isFile(): boolean; isSymbolicLink(): boolean },
): Promise<Buffer[]> {
  if (entry.isSymbolicLink()) return [Buffer.from(await readlink(path))];
  if (!entry.isFile() || (await stat(path)).size > 1 << 30) return [];
  const bytes = await readFile(path);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isGzip ? [bytes, gunzipSync(bytes)] : [bytes];
}
