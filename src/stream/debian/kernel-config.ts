import { LockstepError } from '../../system/error.ts';
import { run } from '../../system/process.ts';
import { requireProgram } from '../../system/program.ts';
import { remembered } from '../../system/remember.ts';
import { pooledPath } from './apt/fetch.ts';
import { type PackageSet, packageSet } from './apt/package-set.ts';

/** Most bytes of a configuration: those of Debian have a quarter of a megabyte. */
const LIMIT = 8 << 20;

/** Where the files of packages and earlier answers lie, and who brings a file that is not there. */
export interface ConfigPlaces {
  pool: string;
  answers: string;
  /** Brings packages of the set into the pool. */
  bring: (set: PackageSet) => Promise<void>;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/**
 * The configuration that a kernel among pinned packages was built with: `/boot/config-RELEASE` of
 * the kernel's package or of one beside it (since 7.0). Undefined when none of them has it.
 */
export async function kernelConfigText(
  { packages, release }: { packages: PackageSet; release: string },
  places: ConfigPlaces,
): Promise<string | undefined> {
  const holders = packages.packages.filter(
    ({ name }) => /^linux-(?:image|binary|modules|base)-/.test(name) && name.includes(release),
  );
  for (const holder of holders) {
    const key = { config: holder.sha256, release };
    const text = await remembered(places.answers, key, async () => {
      await places.bring(packageSet([holder]));
      return read(places, pooledPath(places.pool, holder), release);
    });
    if (text !== '') return text;
  }
  return undefined;
}

async function read({ env, signal }: ConfigPlaces, deb: string, release: string): Promise<string> {
  const script = 'dpkg-deb --fsys-tarfile "$1" | tar -xO "./boot/config-$2" 2> /dev/null || :';
  requireProgram('dpkg-deb', env);
  const options = { env, signal, keep: LIMIT };
  const { stdout } = await run('sh', ['-c', script, 'sh', deb, release], options);
  if (stdout.length < LIMIT) return stdout;
  throw new LockstepError('limit-exceeded', `the configuration of Linux ${release} has no end`);
}
