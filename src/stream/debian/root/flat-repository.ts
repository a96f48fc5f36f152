import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOk } from '../../../system/process.ts';
import { pooledPath } from '../apt/fetch.ts';
import type { PackageSet } from '../apt/package-set.ts';

/** Prints the control paragraph of each package, with what an index adds to it. */
const INDEX = `set -e
while read -r sha256 size path; do
  dpkg-deb -f "$path"
  printf 'Filename: ./%s.deb\\nSize: %s\\nSHA256: %s\\n\\n' "$sha256" "$size" "$sha256"
done`;

/**
 * Makes a package archive of one folder that holds exactly the packages of a set, as links into
 * the pool. It is not signed: each file was checked against the signed index when it came, and
 * apt checks it again against the sha256 written here.
 */
export async function makeFlatRepository(
  set: PackageSet,
  folder: string,
  options: { pool: string; env: NodeJS.ProcessEnv; signal?: AbortSignal },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = set.packages.map((pinned) => ({
    ...pinned,
    path: pooledPath(options.pool, pinned),
  }));
  for (const { sha256, path } of files) await symlink(path, join(folder, `${sha256}.deb`));
  const stdin = files.map(({ sha256, size, path }) => `${sha256} ${size} ${path}\n`).join('');
  const { env, signal } = options;
  const index = await runOk('/bin/sh', ['-c', INDEX], { env, signal, stdin, keep: 64 << 20 });
  await writeFile(join(folder, 'Packages'), index.stdout);
}
