import { join } from 'node:path';
import type { Stream } from '../../../config/schema.ts';
import { refetchGitArchive } from '../../../source/git/archive.ts';
import { fetchRemote } from '../../../source/git/remote.ts';
import { resolveGitSource } from '../../../source/git/resolve.ts';
import { fetchDownloads } from '../../../source/openzfs/download.ts';
import { type Github, openGithub, tokenFor } from '../../../source/openzfs/github.ts';
import { type OpenzfsRequest, resolveOpenzfs } from '../../../source/openzfs/resolve.ts';
import { readCompatTable } from '../../../source/openzfs/table-file.ts';
import { pooledFile } from '../../../stream/debian/apt/fetch.ts';
import { LockstepError } from '../../../system/error.ts';
import { type RunContext, tell } from '../../context/run-context.ts';
import type { RpmInputs } from '../../inputs/inputs.ts';
import type { GitModule, ModuleInputs, ReleaseModule } from '../../inputs/modules.ts';
import { bringBack } from '../../kept/fetch.ts';
import { readStable } from '../../record/stable-image.ts';
import { resolveArchived } from '../debian/follow.ts';
import { sourceFiles } from '../debian/root.ts';
import { olderThanStable } from './older.ts';
import { followTaken } from './taken.ts';
import { fetchTaken } from './taken-fetch.ts';

type Module = Stream['modules'][number];

/** Pins the modules of a stream whose base is an image. */
export async function followModules(
  context: RunContext,
  base: RpmInputs['base'],
): Promise<RpmInputs['modules']> {
  const { ends, stream } = context;
  const stable = (await readStable(ends.stable, stream.publish.stable))?.modules ?? {};
  const pinned = stream.modules.map(async (module) => {
    const request = { kernels: base.kernels, floor: stable[module.name] };
    if (module.kmods) return followTaken(context, module, base);
    if (module.openzfs) return followRelease(context, module, request);
    if (module.git) return followCommit(context, module);
    const { buildDependencies: _debian, ...source } = await resolveArchived(context, module);
    return source;
  });
  const modules = await Promise.all(pinned);
  tell(context, olderThanStable(modules, stable));
  return modules;
}

async function followRelease(
  context: RunContext,
  module: Module,
  asked: Pick<OpenzfsRequest, 'kernels' | 'floor'>,
): Promise<ReleaseModule> {
  const { env, signal, project, folders } = context;
  const { name, openzfs: line = '', keys, allow_experimental: allowExperimental } = module;
  const request = { ...asked, name, line, allowExperimental };
  const { table } = await readCompatTable(project);
  const { source, findings } = await resolveOpenzfs(request, {
    github: githubOf(context, module),
    table,
    pool: folders.pool,
    cache: folders.answers,
    env,
    signal,
    ...(keys && { keyring: join(project, keys) }),
  });
  tell(context, findings);
  const { buildDependencies: _none, files, ...pinned } = source;
  return { ...pinned, kind: 'openzfs', files: files.filter((file) => 'url' in file) };
}

function followCommit(
  { env, signal, folders }: RunContext,
  { name, git = '', commit = '', path, spec, allow_experimental: allowExperimental }: Module,
): Promise<GitModule> {
  const request = {
    name,
    repository: git,
    commit,
    allowExperimental,
    ...(path && { path }),
    ...(spec && { spec }),
  };
  const { pool, answers: cache } = folders;
  return resolveGitSource(request, { pool, cache, env, signal });
}

/** The repository whose releases a module follows; nothing is asked yet. */
export function githubOf({ env, signal, now }: RunContext, { releases }: Partial<Module>): Github {
  const token = tokenFor(env, releases);
  return openGithub({
    env,
    now,
    signal,
    ...(releases && { repository: releases }),
    ...(token && { token }),
  });
}

/** The files of a pinned module under the names that its source gives them. */
export async function moduleFiles(
  context: RunContext,
  module: ModuleInputs,
): Promise<{ name: string; path: string }[]> {
  const configured = context.stream.modules.find(({ name }) => name === module.name);
  if (!configured) {
    throw new LockstepError('config', `the configuration has no module ${module.name}`);
  }
  if (module.kind !== 'openzfs' && module.kind !== 'git' && module.kind !== 'kmods')
    return sourceFiles(context, module, configured.suite);
  const { pool } = context.folders;
  const files = module.files.map((file) => ({ ...file, path: pooledFile(pool, file) }));
  const missing = await bringBack(context, files);
  if (module.kind === 'openzfs')
    await fetchDownloads(githubOf(context, configured), module.files, { pool });
  else if (module.kind === 'kmods') await fetchTaken(context, module, missing);
  else await refetch(context, module, missing);
  return files.map(({ name, path }) => ({ name, path }));
}

/** Fetches again what is missing of a commit, which must come out as it was pinned. */
async function refetch(
  { env, signal, folders }: RunContext,
  module: GitModule,
  missing: readonly { sha256: string }[],
): Promise<void> {
  const { repository, commit, path, spec, files } = module;
  const options = { pool: folders.pool, env, signal };
  const isMissing = ({ sha256 }: { sha256: string }) =>
    missing.some((one) => one.sha256 === sha256);
  for (const { name, url, sha256 } of files.filter(isMissing)) {
    if (url) {
      await fetchRemote({ name, url, algorithm: 'sha256', hex: sha256 }, options);
      continue;
    }
    const place = { repository, commit, ...(path && { path }) };
    await refetchGitArchive({ ...place, ...(spec && { spec: spec.file }), sha256 }, options);
  }
}
