import {
  type LoadedManifest,
  loadManifest,
  ManifestRefused,
} from '../../../flist/manifest/load.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../options/project.ts';
import { fileOf, tellFindings } from './context.ts';

/**
 * The manifest of the command line. Undefined for one with errors: they are told, and the exit
 * status is 1.
 */
export async function loadOrTell(
  context: Context,
  file: string,
  json: boolean | undefined,
  load: (path: string) => Promise<LoadedManifest> = loadManifest,
): Promise<LoadedManifest | undefined> {
  const loaded = await refusedOr(context, { file, json }, () => load(fileOf(context, file)));
  return loaded && { ...loaded, path: file };
}

/** What `ask` answers; a refusal is told, and then it is undefined. */
export async function refusedOr<T>(
  context: Context,
  about: { file: string; json: boolean | undefined },
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ManifestRefused)) throw error;
    tellRefused(context, { error, ...about });
    return undefined;
  }
}

/** Tells why something was refused; the exit status is 1, or 3 when only a route was out of reach. */
export function tellRefused(
  context: Context,
  { error, file, json }: { error: ManifestRefused; file: string; json: boolean | undefined },
): void {
  const { findings } = error;
  const errors = findings.filter(({ severity }) => severity === 'error');
  process.exitCode = errors.every(({ rule }) => rule === 'route-unreachable') ? 3 : 1;
  if (json) printJson(context, { manifest: file, verdict: 'fail', findings });
  context.stderr.write(`error: ${error.message}\n`);
  tellFindings(context, findings);
}
