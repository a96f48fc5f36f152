import { resolveDkmsSource } from '../src/source/dkms.ts';
import type { ArchivedSource } from '../src/source/module-source.ts';
import type { Archive } from '../src/stream/debian/apt/archive.ts';
import { apt } from '../src/stream/debian/apt/private-apt.ts';
import { sourceArchive } from '../src/stream/debian/source-archive.ts';
import { LockstepError } from '../src/system/error.ts';

/** Packages of a suite that are called `-dkms`, and those of them that are no source of modules. */
export interface Found {
  sources: ArchivedSource[];
  /** The package, and why it is none. */
  others: Map<string, string>;
}

/** Pins every package whose name ends in `-dkms`, as a stream of its own would. */
export async function findSources(
  archive: Archive,
  options: { pool: string; env: NodeJS.ProcessEnv; wanted?: RegExp },
): Promise<Found> {
  const { stdout } = await apt(archive, 'apt-cache', ['search', '--names-only', '--', '-dkms$']);
  const names = stdout.split('\n').flatMap((line) => /^\S+/.exec(line)?.[0] ?? []);
  const found: Found = { sources: [], others: new Map() };
  for (const name of names.filter((one) => options.wanted?.test(one) ?? true).sort()) {
    const request = { name: name.replace(/-dkms$/, ''), kind: 'dkms', package: name } as const;
    try {
      found.sources.push(
        await resolveDkmsSource(sourceArchive(archive, options), request, options),
      );
    } catch (error) {
      if (!(error instanceof LockstepError) || error.code !== 'config') throw error;
      found.others.set(name, error.message);
    }
  }
  return found;
}
