import * as z from 'zod/mini';
import type { Config } from '../config/schema.ts';
import type { PlacedFinding } from './check/finding.ts';
import { programFolder } from './hub/steps.ts';

const Lock = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({ version: z.optional(z.string()), integrity: z.optional(z.string()) }),
  ),
});

/** Where npm keeps the digests of what jobs install. */
export function programLockPath(config: Config): string {
  return `${programFolder({ config })}/package-lock.json`;
}

/** The command that makes the lock file. */
export function programLockCommand(config: Config): string {
  return `npm install --package-lock-only --ignore-scripts --prefix ${programFolder({ config })}`;
}

/** Jobs install lockstep by a lock file, which must hold this version and the digest of each package. */
export function checkProgramLock(
  config: Config,
  text: string | undefined,
  version: string,
): PlacedFinding[] {
  const problem = text == null ? 'is not there' : problemIn(text, version);
  if (problem == null) return [];
  const where = { file: programLockPath(config), line: 1, column: 1 };
  const hint = `${programLockCommand(config)}, and commit it`;
  return [{ rule: 'program-unpinned', severity: 'error', message: problem, where, hint }];
}

function problemIn(text: string, version: string): string | undefined {
  const lock = readLock(text);
  if (!lock) return 'is no lock file of npm';
  const locked = lock.packages['node_modules/lockstep']?.version;
  if (locked !== version)
    return `holds ${locked ? `lockstep ${locked}` : 'no lockstep'}, not ${version}`;
  const open = Object.entries(lock.packages).find(
    ([name, { integrity }]) => name !== '' && integrity == null,
  );
  return open ? `has no digest of ${open[0].replace(/^.*node_modules\//, '')}` : undefined;
}

function readLock(text: string) {
  try {
    return Lock.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
