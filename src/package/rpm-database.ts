import { DatabaseSync } from 'node:sqlite';
import { LockstepError } from '../system/error.ts';
import { RPM_TAG, type RpmHeader, readRpmHeader } from './rpm-header.ts';

/** An installed RPM package. */
export interface InstalledRpm {
  name: string;
  version: string;
  release: string;
  header: RpmHeader;
}

/** Reads an `rpmdb.sqlite` (rpm: lib/backend/sqlite.cc): headers without their magic. */
export function readRpmDatabase(path: string): InstalledRpm[] {
  try {
    using database = new DatabaseSync(path, { readOnly: true });
    const rows = database.prepare('SELECT blob FROM Packages ORDER BY hnum').all();
    return rows.flatMap(({ blob }) => (blob instanceof Uint8Array ? installed(blob) : []));
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    throw new LockstepError('invalid-content', `broken rpm database: ${String(error)}`, {
      cause: error,
    });
  }
}

function installed(blob: Uint8Array): InstalledRpm[] {
  const header = readRpmHeader(blob, { magic: false });
  const name = header.text(RPM_TAG.name);
  if (!name) return [];
  return [
    {
      name,
      version: header.text(RPM_TAG.version) ?? '',
      release: header.text(RPM_TAG.release) ?? '',
      header,
    },
  ];
}
