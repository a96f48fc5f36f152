import type { Stream } from '../../../config/schema.ts';
import { BUILD_ESSENTIALS } from '../../../source/build-essentials.ts';
import type { ArchivedSource } from '../../../source/module-source.ts';
import { resolveModuleSource } from '../../../source/resolve.ts';
import type { Archive } from '../../../stream/debian/apt/archive.ts';
import { knownPackages } from '../../../stream/debian/apt/known.ts';
import { type PackageSet, packageSet } from '../../../stream/debian/apt/package-set.ts';
import { resolvePackages } from '../../../stream/debian/apt/resolve.ts';
import { type DebianBase, resolveDebianBase } from '../../../stream/debian/kernel.ts';
import { sourceArchive } from '../../../stream/debian/source-archive.ts';
import type { Digest } from '../../../system/digest.ts';
import { LockstepError } from '../../../system/error.ts';
import { debianBaseOf } from '../../context/archives.ts';
import type { RunContext } from '../../context/run-context.ts';
import { askedOnce } from '../../context/shared.ts';
import type { DebianInputs, UnkeyedInputs } from '../../inputs/inputs.ts';

/** Inputs that do not depend on the family of the base. */
export type Shared = Pick<
  UnkeyedInputs,
  'schema_version' | 'stream' | 'config' | 'hosts' | 'tools'
> & {
  overlay: Digest | null;
};

/** Pins a Debian base, builder, modules and packages of the image. */
export async function followDebian(
  context: RunContext,
  { overlay, ...shared }: Shared,
): Promise<Omit<DebianInputs, 'keys'>> {
  const { stream, archives } = context;
  const debian = debianBaseOf(stream);
  const archive = await archives.base();
  const base = await askedOnce(context, ['base', archive.folder, archive.lists, debian], () =>
    resolveDebianBase(archive, debian),
  );
  context.onBase?.({ ...base, digest: base.packages.digest });
  const sources = await resolveModules(context);
  const builder = await resolveBuilder(context, { archive, base, sources });
  const kernel = `${base.kernelPackage.name}=${base.kernelPackage.version}`;
  const whole = await packagesOf(context, archive, [
    kernel,
    ...debian.packages,
    ...stream.image.packages,
  ]);
  return {
    ...shared,
    family: 'debian',
    base: {
      ...base,
      architecture: archive.request.architecture,
      kernels: [base.kernelRelease],
    },
    builder,
    modules: sources.map(({ buildDependencies: _dependencies, ...pinned }) => pinned),
    image: { packages: without(whole, base.packages), overlay },
  };
}

type Asking = Pick<RunContext, 'archives' | 'folders' | 'env' | 'signal' | 'shared'>;

/** Pins the source of each module of a stream with a Debian base. */
export function resolveModules(
  context: Asking & Pick<RunContext, 'stream'>,
): Promise<ArchivedSource[]> {
  return Promise.all(context.stream.modules.map((module) => resolveArchived(context, module)));
}

/** Pins the source of a module that a Debian archive has. */
export async function resolveArchived(
  context: Asking,
  module: Stream['modules'][number],
): Promise<ArchivedSource> {
  const { archives } = context;
  const opened = await (module.suite ? archives.of(module.suite) : archives.base());
  return askedOnce(context, ['source', opened.folder, opened.lists, module], () =>
    resolveFrom(opened, context, module),
  );
}

function resolveFrom(
  opened: Archive,
  { folders, env, signal }: Asking,
  module: Stream['modules'][number],
): Promise<ArchivedSource> {
  const { name, suite } = module;
  const archive = sourceArchive(opened, { pool: folders.pool });
  const kind = module.debian ? 'debian' : 'dkms';
  const request = { name, kind, package: module.debian ?? module.dkms ?? '', suite } as const;
  const asked = { ...request, allowExperimental: module.allow_experimental };
  return resolveModuleSource(archive, asked, { env, signal });
}

interface BuilderRequest {
  archive: Archive;
  base: DebianBase;
  sources: readonly ArchivedSource[];
}

async function resolveBuilder(
  context: Pick<RunContext, 'shared'>,
  { archive, base, sources }: BuilderRequest,
): Promise<DebianInputs['builder']> {
  const wanted = sources.flatMap((source) => source.buildDependencies);
  // A module of another suite may name packages that the suite of the base does not have.
  const known = await askedOnce(context, ['known', archive.folder, archive.lists, wanted], () =>
    knownPackages(archive, wanted),
  );
  const asked = wanted.filter((name) => known.has(name));
  const headers = `${base.headersPackage}=${base.kernelPackage.version}`;
  const packages = await packagesOf(context, archive, [...BUILD_ESSENTIALS, headers, ...asked]);
  return { packages, compiler: compilerOf(packages) };
}

function packagesOf(
  context: Pick<RunContext, 'shared'>,
  archive: Archive,
  packages: readonly string[],
): Promise<PackageSet> {
  return askedOnce(context, ['packages', archive.folder, archive.lists, packages], () =>
    resolvePackages(archive, { packages }),
  );
}

/** The compiler that the kernel was built with: its headers depend on it (`linux-compiler-gcc-12-x86`). */
function compilerOf(set: PackageSet): string {
  const wanted = set.packages
    .map(({ name }) => /^linux-compiler-(gcc-\d+)/.exec(name)?.[1])
    .find(Boolean);
  const named = set.packages.filter(({ name }) =>
    wanted ? name === wanted : /^gcc-\d+$/.test(name),
  );
  const compiler = named.at(-1);
  if (compiler) return `${compiler.name} ${compiler.version}`;
  throw new LockstepError('archive', 'the kernel headers of the archive bring no compiler');
}

/** The packages that come on top of the base. */
function without(whole: PackageSet, base: PackageSet): PackageSet {
  const known = new Set(base.packages.map(({ sha256 }) => sha256));
  return packageSet(whole.packages.filter(({ sha256 }) => !known.has(sha256)));
}
