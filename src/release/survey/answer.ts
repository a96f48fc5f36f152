import type { KernelRange, ModuleSource } from '../../source/module-source.ts';
import { type KernelFacts, supports } from '../../source/support.ts';
import type { Digest } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';

/** What is followed now: an archive suite, or an image. */
export interface SurveyedBase {
  /** What a recipe can name: the image by its digest; of a Debian base the suite. */
  base: string;
  /** Of the image, or of the set of packages. */
  digest: Digest;
  /** The immutable tag that has the same digest. */
  tag?: string;
  osVersion: string;
  kernel: { release: string; majorMinor: string; package?: string; version?: string };
}

/** A kernel that is there and the modules that do not support it. */
export interface SurveyedKernel {
  release: string;
  /** Of its package. */
  version?: string;
  fits: boolean;
  unsupportedBy: string[];
  /** Whether the image will have it. */
  followed: boolean;
}

export interface SurveyedModule
  extends Pick<ModuleSource, 'name' | 'package' | 'version' | 'range'> {
  /** Whether it supports every kernel that is followed. */
  fits: boolean;
}

/** The newest release of a line, and whether it supports every kernel that is followed. */
export interface SurveyedRelease {
  /** The module that could have it. */
  module: string;
  line: string;
  version: string;
  /** Day of its publication. */
  date?: string;
  /** The kernels that it supports, where that is known. */
  range?: KernelRange;
  fits: boolean;
  /** Whether it is the one that the module follows. */
  followed: boolean;
}

/** What upstream offers a stream, and whether its modules support the kernels that it follows. */
export interface Survey extends SurveyedBase {
  stream: string;
  modules: SurveyedModule[];
  /** Of a Debian archive those of the flavour that is followed, of an image its own; oldest first. */
  kernels: SurveyedKernel[];
  /** Release of the newest kernel that every module supports. */
  newestFitting?: string;
  /** Of modules that follow releases, the newest of each line; the newest line first. */
  releases: SurveyedRelease[];
  findings: Finding[];
}

type Ranged = Pick<ModuleSource, 'name' | 'package' | 'version' | 'range' | 'conf'>;

/** A kernel with the modules that do not support it. */
export function withStanding(
  { release, version, followed }: Pick<SurveyedKernel, 'release' | 'version' | 'followed'>,
  modules: readonly Ranged[],
  facts?: KernelFacts,
): SurveyedKernel {
  const unsupportedBy = modules
    .filter((module) => !supports(release, module, facts))
    .map(({ name }) => name);
  const fits = unsupportedBy.length === 0;
  return { release, ...(version && { version }), fits, unsupportedBy, followed };
}

/** Modules with whether they support the kernels that are followed. */
export function modulesFor(
  kernels: readonly string[],
  modules: readonly Ranged[],
  facts?: KernelFacts,
): SurveyedModule[] {
  return modules.map((module) => ({
    name: module.name,
    package: module.package,
    version: module.version,
    range: module.range,
    fits: kernels.every((kernel) => supports(kernel, module, facts)),
  }));
}
