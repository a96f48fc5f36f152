import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';

/**
 * Where the overlay of a stream is, undefined when it has none. A symbolic link is the folder that
 * it leads to. Throws `config` when that is no folder, or not one inside the project.
 */
export async function overlayFolder(
  project: string,
  overlay: string | undefined,
): Promise<string | undefined> {
  if (overlay == null) return undefined;
  const named = join(project, overlay);
  const folder = await realpath(named).catch((cause: unknown) => {
    throw new LockstepError('config', `there is no overlay ${named}`, { cause });
  });
  const led = folder === named ? '' : `, which leads to ${folder},`;
  if (!(await stat(folder)).isDirectory())
    throw new LockstepError('config', `the overlay ${named}${led} is not a folder`);
  if (folder.startsWith(`${await realpath(project)}${sep}`)) return folder;
  throw new LockstepError('config', `the overlay ${named}${led} is not inside the project`, {
    hint: 'what goes into an image is kept with its configuration: copy the folder into the project',
  });
}

/**
 * Digest of a folder: names, kinds, permissions, link targets and contents, not times or owners.
 * Throws `config` when the folder is not there or holds something that an image cannot take.
 */
export async function digestOfFolder(folder: string): Promise<Digest> {
  const hash = createHash('sha256');
  await addFolder(hash, folder, '');
  return `sha256:${hash.digest('hex')}`;
}

async function addFolder(
  hash: ReturnType<typeof createHash>,
  root: string,
  path: string,
): Promise<void> {
  const names = await readdir(join(root, path)).catch((cause: unknown) => {
    throw new LockstepError('config', `the overlay ${join(root, path)} cannot be read`, { cause });
  });
  for (const name of names.sort()) {
    const inside = path === '' ? name : `${path}/${name}`;
    const stat = await lstat(join(root, inside));
    hash.update(`${JSON.stringify(inside)} ${stat.mode.toString(8)}\n`);
    if (stat.isDirectory()) await addFolder(hash, root, inside);
    else if (stat.isSymbolicLink()) hash.update(await readlink(join(root, inside)));
    else if (stat.isFile()) hash.update(await readFile(join(root, inside)));
    else
      throw new LockstepError('config', `${join(root, inside)} is neither file, folder nor link`);
  }
}
