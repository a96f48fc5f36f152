import { LockstepError } from '../../system/error.ts';
import { run } from '../../system/process.ts';
import { requireProgram } from '../../system/program.ts';
import { remembered } from '../../system/remember.ts';
import type { Archive } from './apt/archive.ts';
import { fetchPackages, pooledPath } from './apt/fetch.ts';
import { type PackageSet, packageSet } from './apt/package-set.ts';
import { answersOf } from './apt/private-apt.ts';

/** Most bytes of a configuration: those of Debian have a quarter of a megabyte. */
const LIMIT = 8 << 20;

/**
 * The configuration that a kernel among pinned packages was built with: `/boot/config-RELEASE` of
 * the kernel's package or of one beside it (since 7.0). Undefined when none of them has it.
 */
export async function kernelConfigText(
  archive: Archive,
  { packages, release, pool }: { packages: PackageSet; release: string; pool: string },
): Promise<string | undefined> {
  const holders = packages.packages.filter(
    ({ name }) => /^linux-(?:image|binary|modules|base)-/.test(name) && name.includes(release),
  );
  for (const holder of holders) {
    const key = { config: holder.sha256, release };
    const text = await remembered(answersOf(archive), key, async () => {
      await fetchPackages(archive, packageSet([holder]), { pool });
      return read(archive, pooledPath(pool, holder), release);
    });
    if (text !== '') return text;
  }
  return undefined;
}

async function read({ env, signal }: Archive, deb: string, release: string): Promise<string> {
  const script = 'dpkg-deb --fsys-tarfile "$1" | tar -xO "./boot/config-$2" 2> /dev/null || :';
  requireProgram('dpkg-deb', env);
  const options = { env, signal, keep: LIMIT };
  const { stdout } = await run('sh', ['-c', script, 'sh', deb, release], options);
  if (stdout.length < LIMIT) return stdout;
  throw new LockstepError('limit-exceeded', `the configuration of Linux ${release} has no end`);
}
