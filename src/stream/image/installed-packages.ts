import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileTree, readIfThere } from '../../file/tree.ts';
import { RPM_FOLDERS, UNREAD_DATABASES, unreadDatabase } from '../../oci/evidence/rpm-database.ts';
import { parseControl } from '../../package/control.ts';
import { type InstalledRpm, readRpmDatabase } from '../../package/rpm-database.ts';
import { LockstepError } from '../../system/error.ts';
import { temporaryFolder } from '../../system/temporary.ts';

/** Every package that is installed in an image, name to version (rpm: version-release). */
export async function installedPackages(tree: FileTree): Promise<Map<string, string>> {
  const packages = new Map<string, string>();
  for (const stanza of parseControl(await textOf(tree, 'var/lib/dpkg/status'))) {
    const isInstalled = stanza.status?.split(' ').at(-1) === 'installed';
    if (isInstalled && stanza.package && stanza.version)
      packages.set(stanza.package, stanza.version);
  }
  for (const { name, version, release } of await installedRpms(tree)) {
    packages.set(name, `${version}-${release}`);
  }
  return packages;
}

/** Every RPM package of an image. Throws `unsupported` for a database that is not of SQLite. */
export async function installedRpms(tree: FileTree): Promise<InstalledRpm[]> {
  for (const path of RPM_FOLDERS.map((folder) => `${folder}/rpmdb.sqlite`)) {
    const content = await readIfThere(tree, path);
    if (content) return rpmsIn(tree, path, content);
  }
  for (const path of UNREAD_DATABASES) if (await readIfThere(tree, path)) throw unread(tree, path);
  return [];
}

/** A database that was left open has its last writes in a file beside it. */
async function rpmsIn(tree: FileTree, path: string, content: Uint8Array): Promise<InstalledRpm[]> {
  await using folder = await temporaryFolder();
  const place = join(folder.path, 'rpmdb.sqlite');
  await writeFile(place, content);
  const log = await readIfThere(tree, `${path}-wal`);
  if (log) await writeFile(`${place}-wal`, log);
  return readRpmDatabase(place);
}

function unread(tree: FileTree, path: string): LockstepError {
  const { message, hint } = unreadDatabase(path);
  return new LockstepError('unsupported', `${tree.name}: ${message}`, { hint });
}

/** A file as text; empty when it is absent. */
export async function textOf(tree: FileTree, path: string): Promise<string> {
  const content = await readIfThere(tree, path);
  return content ? Buffer.from(content).toString('utf8') : '';
}
