import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import { remembered } from '../../system/remember.ts';
import { EXPERIMENTAL, type KernelRange, type ModuleSource } from '../module-source.ts';
import { agreementOf } from './agreement.ts';
import { chooseRelease } from './choose.ts';
import type { Github } from './github.ts';
import { type Release, releasesOf } from './releases.ts';
import type { SignatureOptions } from './signature.ts';
import { type CompatTable, rangeOfRelease } from './table.ts';
import { tagMeta } from './tag-meta.ts';
import { fetchTarball, tarballMeta } from './tarball.ts';
import { compareVersions } from './version.ts';

export interface OpenzfsRequest {
  /** Name of the module in the configuration. */
  name: string;
  /** A release line (`2.4`), or `latest-compatible`. */
  line: string;
  /** Releases of the kernels to build for. */
  kernels: readonly string[];
  /** The version of OpenZFS that stable has now, below which `latest-compatible` does not go. */
  floor?: string;
  /** Build although the kernel is newer than the release supports. */
  allowExperimental?: boolean;
}

export interface OpenzfsOptions extends SignatureOptions {
  github: Github;
  /** Saves asking for META of releases that it lists. */
  table: CompatTable;
  /** Folder of downloaded sources, by content. */
  pool: string;
  /** Folder for answers that depend on a digest alone. */
  cache: string;
}

/** A pinned release, and what is odd about it. */
export interface ResolvedOpenzfs {
  source: ModuleSource;
  findings: Finding[];
}

/**
 * Pins a release of OpenZFS: its source archive, fetched and with a good signature, and the
 * kernels that META in the archive supports. Throws `not-found` when the line has no release,
 * `invalid-content` when it is not whole, `not-allowed` when its signature is wrong, and `gate-failed` when META cannot be meant.
 */
export async function resolveOpenzfs(
  request: OpenzfsRequest,
  options: OpenzfsOptions,
): Promise<ResolvedOpenzfs> {
  const { github } = options;
  const releases = await releasesOf(github);
  const rangeOf = (release: Release) => statedRange(release, options);
  const release = await chooseRelease(releases, { ...request, rangeOf });
  const { version } = release;
  const tarball = await fetchTarball(github, release, options);
  const { range } = await remembered(options.cache, { meta: tarball.sha256, version }, () =>
    tarballMeta(tarball.path, version),
  );
  const agreement = agreementOf({ version, tarball: range, tag: await rangeOf(release) });
  const { name, sha256, size, url } = tarball;
  const source: ModuleSource = {
    name: request.name,
    kind: 'openzfs',
    package: 'zfs',
    version,
    upstreamVersion: version,
    files: [{ name, sha256, size, url }],
    range,
    buildDependencies: [],
    options: request.allowExperimental ? [EXPERIMENTAL] : [],
  };
  return { source, findings: agreement };
}

/**
 * What META of the tag states, as the table has it or else from the repository. Releases older
 * than all of the table are not asked for: they support no kernel of today.
 */
export async function statedRange(
  { version }: Pick<Release, 'version'>,
  { github, table }: Pick<OpenzfsOptions, 'github' | 'table'>,
): Promise<KernelRange | undefined> {
  const listed = rangeOfRelease(table, version);
  const oldest = table.releases.map((one) => one.version).sort(compareVersions)[0];
  if (listed || (oldest && compareVersions(version, oldest) < 0)) return listed;
  try {
    return (await tagMeta(github, version)).range;
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'not-found') return undefined;
    throw error;
  }
}
