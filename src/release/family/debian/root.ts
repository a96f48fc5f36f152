import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModuleCompression } from '../../../kernel/module/compression.ts';
import {
  fetchFiles,
  fetchPackages,
  pooledFile,
  pooledPath,
} from '../../../stream/debian/apt/fetch.ts';
import { type PackageSet, packageSet } from '../../../stream/debian/apt/package-set.ts';
import {
  makeRoot,
  type RootOptions,
  WITHOUT_DOCUMENTATION,
} from '../../../stream/debian/root/root.ts';
import { LockstepError } from '../../../system/error.ts';
import { run } from '../../../system/process.ts';
import { requireProgram } from '../../../system/program.ts';
import { lineSink, type RunContext } from '../../context/run-context.ts';
import type { DebianInputs } from '../../inputs/inputs.ts';
import type { ArchiveModule } from '../../inputs/modules.ts';
import { bringBack } from '../../kept/fetch.ts';
import { packageFile } from '../../kept/files.ts';

/** Files made on the way get the date of the source, so that the same inputs give the same bytes. */
const EPOCH = 0;

/** Makes a root of exactly the pinned packages as a tar file. */
export async function makePinnedRoot(
  context: RunContext,
  set: PackageSet,
  options: Pick<RootOptions, 'output' | 'exclude' | 'initramfs'> & { step: string },
): Promise<void> {
  await fetchSet(context, set, options.step);
  await makeRoot(set, {
    ...options,
    pool: context.folders.pool,
    work: context.folders.scratch,
    sourceDateEpoch: EPOCH,
    env: context.env,
    uid: process.getuid?.() ?? 0,
    signal: context.signal,
    log: `${options.output}.log`,
    onLine: lineSink(context, options.step),
  });
}

/** The builder root, which an earlier, interrupted build may have left. */
export async function ensureBuilderRoot(
  context: RunContext,
  inputs: DebianInputs,
): Promise<string> {
  const set = inputs.builder.packages;
  const output = join(context.folders.scratch, `builder-${set.digest.slice(7, 19)}.tar`);
  const there = await stat(output).catch(() => undefined);
  if (there) return output;
  await makePinnedRoot(context, set, { output, exclude: WITHOUT_DOCUMENTATION, step: 'build' });
  return output;
}

/** Fetches packages into the pool: from the archive of earlier runs, else from upstream. */
export async function fetchSet(context: RunContext, set: PackageSet, step: string): Promise<void> {
  const { pool } = context.folders;
  const missing = await bringBack(
    context,
    set.packages.map((pinned) => packageFile(pinned, 'debian', pool)),
  );
  if (missing.length === 0) return;
  const say = lineSink(context, step);
  const wanted = new Set(missing.map(({ sha256 }) => sha256));
  const rest = packageSet(set.packages.filter(({ sha256 }) => wanted.has(sha256)));
  await fetchPackages(await context.archives.base(), rest, {
    pool,
    onProgress: ({ files, ofFiles }) => say(`fetched ${files} of ${ofFiles} packages`),
  });
}

/** The files of a set under the names that the archive gives them. */
export async function packageFiles(
  context: RunContext,
  set: PackageSet,
  step: string,
): Promise<{ name: string; path: string }[]> {
  await fetchSet(context, set, step);
  return set.packages.map((pinned) => packageFile(pinned, 'debian', context.folders.pool));
}

/** How the kernel of the base compresses its own modules: ours are to be like them. */
export async function compressionOfKernel(
  context: RunContext,
  inputs: DebianInputs,
): Promise<ModuleCompression> {
  const { kernelPackage, packages } = inputs.base;
  const kernel = packages.packages.filter(({ name }) => name === kernelPackage.name);
  await fetchSet(context, packageSet(kernel), 'build');
  const [pinned] = kernel;
  const path = pinned && pooledPath(context.folders.pool, pinned);
  const listing = await run(requireProgram('dpkg-deb', context.env), ['-c', path ?? ''], {
    env: context.env,
    signal: context.signal,
    keep: 16 << 20,
  });
  const suffix = /\/kernel\/\S+\.ko(?:\.(xz|zst|gz))?$/m.exec(listing.stdout);
  if (!suffix) {
    throw new LockstepError('invalid-content', `${kernelPackage.name} holds no kernel modules`);
  }
  return (suffix[1] ?? 'none') as ModuleCompression;
}

/** The source files of a module under the names that the archive (of a suite) gives them. */
export async function sourceFiles(
  context: RunContext,
  module: ArchiveModule,
  suite?: string,
): Promise<{ name: string; path: string }[]> {
  const { pool } = context.folders;
  const files = module.files.map((file) => ({ ...file, path: pooledFile(pool, file) }));
  const missing = await bringBack(context, files);
  if (missing.length > 0) {
    const { archives } = context;
    await fetchFiles(await (suite ? archives.of(suite) : archives.base()), module.files, { pool });
  }
  return files.map(({ name, path }) => ({ name, path }));
}
