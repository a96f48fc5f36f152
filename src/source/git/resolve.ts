import { remembered } from '../../system/remember.ts';
import { EXPERIMENTAL, type ModuleSource, type PinnedFile } from '../module-source.ts';
import { fetchGitArchive, type GitPoolOptions } from './archive.ts';
import type { GitPlace } from './failure.ts';

export interface GitRequest extends GitPlace {
  /** Name of the module in the configuration. */
  name: string;
  /** Build although the kernel is newer than the module supports. */
  allowExperimental?: boolean;
}

/** A module whose code is a commit of a repository. */
export interface GitSource
  extends GitPlace,
    Omit<ModuleSource, 'kind' | 'files' | 'buildDependencies'> {
  kind: 'git';
  /** The tar file of the folder. */
  files: PinnedFile[];
}

/**
 * Pins a folder with a dkms.conf at a commit of a repository. What was found once of a commit is
 * remembered in `cache`: nothing is fetched for it again until the code is needed. Throws what
 * `fetchGitArchive` throws.
 */
export async function resolveGitSource(
  request: GitRequest,
  { cache, ...options }: GitPoolOptions & { cache: string },
): Promise<GitSource> {
  const { name, repository, commit, path, allowExperimental } = request;
  const place = { repository, commit, ...(path && { path }) };
  const { sha256, size, range, upstreamVersion } = await remembered(cache, { git: place }, () =>
    fetchGitArchive(place, options),
  );
  return {
    name,
    kind: 'git',
    package: repository,
    version: upstreamVersion ? `${upstreamVersion}+git${commit.slice(0, 7)}` : commit,
    ...(upstreamVersion && { upstreamVersion }),
    ...place,
    files: [{ name: `${name}-${commit}.tar`, sha256, size }],
    range,
    options: allowExperimental ? [EXPERIMENTAL] : [],
  };
}
