import { mapConcurrently } from '../../system/concurrency.ts';
import { remembered } from '../../system/remember.ts';
import {
  type DownloadedFile,
  EXPERIMENTAL,
  type ModuleSource,
  type PinnedFile,
} from '../module-source.ts';
import { fetchGitArchive, type GitPoolOptions, type GitRecipe } from './archive.ts';
import type { GitPlace } from './failure.ts';
import { fetchRemote } from './remote.ts';
import type { SpecChoice } from './tree-spec.ts';

export interface GitRequest extends GitRecipe {
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
  /** The spec file that it is built by, when it is not by a dkms.conf. */
  spec?: SpecChoice;
  /** The tar file of the folder, and what a spec takes from elsewhere. */
  files: (PinnedFile | DownloadedFile)[];
}

/** Grows when what is remembered of a commit would be read otherwise. */
const READER_VERSION = 3;

/** Files from elsewhere that are fetched at a time. */
const CONCURRENCY = 4;

/**
 * Pins a folder with a dkms.conf or a spec file at a commit of a repository, and what the spec
 * takes from elsewhere. What was found once of a commit is remembered in `cache`: nothing is
 * fetched for it again until the code is needed. Throws what `fetchGitArchive` and `fetchRemote` throw.
 */
export async function resolveGitSource(
  request: GitRequest,
  { cache, ...options }: GitPoolOptions & { cache: string },
): Promise<GitSource> {
  const { name, repository, commit, path, spec: asked, allowExperimental } = request;
  const place = { repository, commit, ...(path && { path }) };
  const recipe = { ...place, ...(asked && { spec: asked }) };
  const key = { git: recipe, version: READER_VERSION };
  const found = await remembered(cache, key, () => fetchAll(recipe, options));
  const { archive, elsewhere, range, conf, spec, upstreamVersion } = found;
  return {
    name,
    kind: 'git',
    package: repository,
    version: upstreamVersion ? `${upstreamVersion}+git${commit.slice(0, 7)}` : commit,
    ...(upstreamVersion && { upstreamVersion }),
    ...place,
    ...(spec && { spec }),
    files: [{ name: `${name}-${commit}.tar`, ...archive }, ...elsewhere],
    range,
    ...(conf && { conf }),
    options: [...(allowExperimental ? [EXPERIMENTAL] : []), ...(spec ? [`spec ${spec.file}`] : [])],
  };
}

async function fetchAll(recipe: GitRecipe, options: GitPoolOptions) {
  const { sha256, size, remote = [], ...facts } = await fetchGitArchive(recipe, options);
  const elsewhere = await mapConcurrently(remote, CONCURRENCY, (one) => fetchRemote(one, options));
  return { ...facts, archive: { sha256, size }, elsewhere };
}
