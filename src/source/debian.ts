import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../system/error.ts';
import { run } from '../system/process.ts';
import { requireProgram } from '../system/program.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { type Meta, parseMeta } from './meta.ts';
import {
  type ArchivedSource,
  contentKey,
  EXPERIMENTAL,
  type ListedPackage,
  type ModuleRequest,
  type SourceArchive,
} from './module-source.ts';

/** What OpenZFS's own build needs to configure itself for a kernel. */
const BUILD_DEPENDENCIES = ['autoconf', 'automake', 'dpkg-dev', 'gawk', 'libtool', 'patch'];

export interface SourceOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/**
 * Pins a Debian source package: its files with checksums from the signed index, and the kernels that its META says it supports (with Debian's own patches applied).
 * Throws `not-found` when the archive has no such source.
 */
export async function resolveDebianSource(
  archive: SourceArchive,
  request: ModuleRequest,
  options: SourceOptions,
): Promise<ArchivedSource> {
  const found = await archive.findSource(request.package, request.suite);
  const meta = await archive.remember(contentKey('meta', found), async () =>
    readMeta(found, await archive.fetch(found.files), options),
  );
  return {
    name: request.name,
    kind: 'debian',
    package: request.package,
    version: found.version,
    upstreamVersion: meta.version,
    files: found.files,
    range: meta.range,
    buildDependencies: BUILD_DEPENDENCIES,
    options: request.allowExperimental ? [EXPERIMENTAL] : [],
  };
}

/**
 * Unpacks the source with Debian's patches, as the build will, and reads META; a source without
 * one states no range. The files were checked against the signed index: their own signature, by
 * a maintainer whose key is not on this machine, adds nothing.
 */
async function readMeta(
  found: ListedPackage,
  paths: readonly string[],
  options: SourceOptions,
): Promise<Meta> {
  await using folder = await temporaryFolder();
  for (const [index, file] of found.files.entries()) {
    await symlink(paths[index] ?? '', join(folder.path, file.name));
  }
  const program = requireProgram('dpkg-source', options.env);
  const args = ['--no-check', '--extract', found.files[0]?.name ?? '', 'tree'];
  const result = await run(program, args, { ...options, cwd: folder.path });
  if (result.status !== 0) {
    throw new LockstepError('invalid-content', `${args[2]} cannot be unpacked: ${result.stderr}`);
  }
  const text = await readFile(join(folder.path, 'tree/META'), 'utf8').catch(() => '');
  return parseMeta(text);
}
