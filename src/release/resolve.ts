import { join } from 'node:path';
import { type KmodsKey, kmodsKeyDigest } from '../build/key.ts';
import { configDigest } from '../config/load.ts';
import { BUILD_ESSENTIALS } from '../source/build-script.ts';
import type { ModuleSource } from '../source/module-source.ts';
import { resolveModuleSource } from '../source/resolve.ts';
import type { Archive } from '../stream/debian/archive.ts';
import { type DebianBase, resolveDebianBase } from '../stream/debian/kernel.ts';
import { knownPackages } from '../stream/debian/known.ts';
import { type PackageSet, packageSet } from '../stream/debian/package-set.ts';
import { resolvePackages } from '../stream/debian/resolve.ts';
import { sourceArchive } from '../stream/debian/source-archive.ts';
import { LockstepError } from '../system/error.ts';
import type { Finding } from '../system/finding.ts';
import { compatOf } from './compat-step.ts';
import type { RunContext } from './context.ts';
import { type Inputs, InputsV1 } from './inputs.ts';
import { imageKeyOf, kmodsKeyOf, type UnkeyedInputs } from './keys.ts';
import { digestOfFolder } from './overlay.ts';
import { toolVersions } from './tools.ts';

/** What following came to: the inputs, the keys by which results are found, and whether they fit. */
export interface Resolved {
  inputs: Inputs;
  kmodsKey: KmodsKey;
  compat: Finding[];
}

/** Resolves everything that moves, once; or takes saved inputs as they are. */
export async function resolve(context: RunContext, replay?: Inputs): Promise<Resolved> {
  const unkeyed = replay ? replayed(context, replay) : await follow(context);
  const kmodsKey = kmodsKeyOf(unkeyed);
  const kmods = kmodsKeyDigest(kmodsKey);
  const inputs = InputsV1.parse({
    ...unkeyed,
    keys: { kmods, image: imageKeyOf(unkeyed, kmods, context.stream) },
  });
  if (replay) requireSameKeys(replay, inputs);
  return { inputs, kmodsKey, compat: await compatOf(context, inputs) };
}

async function follow(context: RunContext): Promise<UnkeyedInputs> {
  const { stream, archives, project } = context;
  const { debian } = stream.base;
  const archive = await archives.base();
  const base = await resolveDebianBase(archive, debian);
  const sources = await resolveModules(context);
  const builder = await resolveBuilder(archive, base, sources);
  const kernel = `${base.kernelPackage.name}=${base.kernelPackage.version}`;
  const whole = await resolvePackages(archive, {
    packages: [kernel, ...debian.packages, ...stream.image.packages],
  });
  const { overlay } = stream.image;
  return {
    schema_version: 1,
    stream: stream.name,
    config: configDigest(stream),
    base: { ...base, architecture: archive.request.architecture },
    builder,
    modules: sources.map(({ buildDependencies: _dependencies, ...pinned }) => pinned),
    image: {
      packages: without(whole, base.packages),
      overlay: overlay ? await digestOfFolder(join(project, overlay)) : null,
    },
    tools: await toolVersions(context.env),
  };
}

/** Pins the source of each module of a stream. */
export function resolveModules({
  stream,
  archives,
  folders,
  env,
  signal,
}: Pick<RunContext, 'stream' | 'archives' | 'folders' | 'env' | 'signal'>): Promise<
  ModuleSource[]
> {
  const sources = stream.modules.map(async (module) => {
    const { name, suite } = module;
    const opened = await (suite ? archives.of(suite) : archives.base());
    const archive = sourceArchive(opened, { pool: folders.pool });
    const kind = module.debian ? 'debian' : 'dkms';
    const request = { name, kind, package: module.debian ?? module.dkms ?? '', suite } as const;
    const asked = { ...request, allowExperimental: module.allow_experimental };
    return resolveModuleSource(archive, asked, { env, signal });
  });
  return Promise.all(sources);
}

async function resolveBuilder(
  archive: Archive,
  base: DebianBase,
  sources: readonly ModuleSource[],
): Promise<Inputs['builder']> {
  const wanted = sources.flatMap((source) => source.buildDependencies);
  // A module of another suite may name packages that the suite of the base does not have.
  const known = await knownPackages(archive, wanted);
  const asked = wanted.filter((name) => known.has(name));
  const headers = `${base.headersPackage}=${base.kernelPackage.version}`;
  const packages = await resolvePackages(archive, {
    packages: [...BUILD_ESSENTIALS, headers, ...asked],
  });
  return { packages, compiler: compilerOf(packages) };
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

/** Saved inputs are for one configuration: another one would make something else of them. */
function replayed(context: RunContext, replay: Inputs): UnkeyedInputs {
  if (replay.config !== configDigest(context.stream)) {
    throw new LockstepError(
      'config',
      `the inputs are of another configuration of ${replay.stream}`,
      {
        context: { expected: configDigest(context.stream), found: replay.config },
        hint: 'replay them with the configuration of their run',
      },
    );
  }
  return replay;
}

function requireSameKeys(replay: Inputs, inputs: Inputs): void {
  const same = replay.keys.kmods === inputs.keys.kmods && replay.keys.image === inputs.keys.image;
  if (same) return;
  throw new LockstepError('config', 'the keys of the inputs do not follow from what they list', {
    hint: 'they were edited, made from another overlay, or by a lockstep with other recipes',
  });
}
