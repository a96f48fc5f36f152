import { isUtf8 } from 'node:buffer';
import type { DatabaseSync } from 'node:sqlite';
import type { Finding } from '../../system/finding.ts';
import type { Inode } from './rows.ts';

/** What SQLite's driver gives in place of bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';

/**
 * Names of which some bytes cannot be told. A name that is UTF-8 and has the replacement itself
 * was packed by rfs, which puts it in place of such bytes: that file has another name by now.
 */
export function* checkNameBytes(
  database: DatabaseSync,
  inodes: readonly Inode[],
): Generator<Finding> {
  const stored = database.prepare('SELECT CAST(name AS BLOB) AS bytes FROM inode WHERE ino = ?');
  for (const { ino, name } of inodes) {
    if (!name.includes(REPLACEMENT)) continue;
    const bytes = stored.get(ino)?.bytes;
    const readable = bytes instanceof Uint8Array && isUtf8(bytes);
    const shown = `inode ${ino} has a name that ${readable ? 'was' : 'is'} not UTF-8`;
    const message = `${shown}: ${JSON.stringify(name)}`;
    yield { rule: 'name-not-utf8', severity: readable ? 'warning' : 'error', message };
  }
}
