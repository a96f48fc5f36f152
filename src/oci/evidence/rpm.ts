import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import type { ImageTree } from '../tree/tree.ts';
import type { KernelEvidence } from './kernel.ts';
import { KERNEL_PACKAGES } from './metadata.ts';
import { RPM_FOLDERS, UNREAD_DATABASES, unreadDatabase } from './rpm-database.ts';

const FILES = ['rpmdb.sqlite', 'rpmdb.sqlite-wal'];
/** Tags of a header (rpm, rpmtag.h). */
const TAGS = { name: 1000, version: 1001, release: 1002, arch: 1022 } as const;
const MOST_TAGS = 0xffff;

/** True for the paths that the database may be at. */
export function isRpmDatabase(path: string): boolean {
  return RPM_FOLDERS.some((place) => FILES.some((name) => path === `${place}/${name}`));
}

/** What the rpm database of a tree tells of its kernel packages. */
export interface RpmEvidence {
  evidence: KernelEvidence[];
  /** That there is a database in a format that is not read. */
  findings: Finding[];
}

/** The kernel packages that the rpm database of a tree has; none when there is no database. */
export async function rpmEvidence(tree: ImageTree): Promise<RpmEvidence> {
  const place = RPM_FOLDERS.find(
    (path) => tree.entry(`${path}/${FILES[0]}`, true)?.type === 'file',
  );
  if (!place) {
    const unread = UNREAD_DATABASES.find((path) => tree.entry(path, true)?.type === 'file');
    return { evidence: [], findings: unread ? [unreadDatabase(unread)] : [] };
  }
  return { evidence: await kernelsAt(tree, place), findings: [] };
}

async function kernelsAt(tree: ImageTree, place: string): Promise<KernelEvidence[]> {
  await using folder = await temporaryFolder();
  for await (const { path, content } of tree.readMany(
    new Set(FILES.map((name) => `${place}/${name}`)),
  )) {
    await writeFile(join(folder.path, path.slice(place.length + 1)), content);
  }
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(join(folder.path, 'rpmdb.sqlite'), {
    enableForeignKeyConstraints: false,
  });
  try {
    const kernels = [...new Set(kernelsIn(database))];
    const where = `${place}/${FILES[0]}`;
    return kernels.map((kernel) => ({ source: 'rpm-database', where, kernel, trust: 'seen' }));
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause;
    throw new LockstepError('invalid-content', `${tree.name}: ${place} is no rpm database`, {
      cause,
    });
  } finally {
    database.close();
  }
}

/** Only real tables are asked: a view of a foreign database could run without end. */
function kernelsIn(database: DatabaseSync): string[] {
  const tables = database
    .prepare(
      `SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name IN ('Packages', 'Name') AND sql NOT LIKE '%VIRTUAL%'`,
    )
    .get();
  if (tables?.n !== 2)
    throw new LockstepError('invalid-content', 'rpm database without its tables');
  const query = database.prepare(
    'SELECT p.blob AS header FROM Name n JOIN Packages p ON p.hnum = n.hnum WHERE n.key = ? LIMIT 64',
  );
  return KERNEL_PACKAGES.flatMap((name) =>
    query
      .all(name)
      .flatMap(({ header }) => (header instanceof Uint8Array ? releaseOf(header) : [])),
  );
}

/** `version-release.arch` of a header as the database holds it: without its magic. */
function releaseOf(header: Uint8Array): string[] {
  const { version, release, arch } = headerStrings(Buffer.from(header));
  return version && release && arch ? [`${version}-${release}.${arch}`] : [];
}

/** The first string of some tags: counts, then an index of 16 bytes each, then the store. */
function headerStrings(header: Buffer): Partial<Record<keyof typeof TAGS, string>> {
  if (header.length < 8) return {};
  const count = header.readUInt32BE(0);
  const store = 8 + 16 * count;
  if (count > MOST_TAGS || store > header.length) return {};
  const found: Partial<Record<keyof typeof TAGS, string>> = {};
  for (let at = 8; at < store; at += 16) {
    const tag = header.readUInt32BE(at);
    const name = (Object.keys(TAGS) as (keyof typeof TAGS)[]).find((each) => TAGS[each] === tag);
    const start = store + header.readUInt32BE(at + 8);
    const end = header.indexOf(0, start);
    if (name && end >= start && end - start < 256)
      found[name] = header.toString('utf8', start, end);
  }
  return found;
}
