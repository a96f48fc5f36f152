import type { Stream } from '../config/schema.ts';
import { compatGate, newestFittingKernel } from '../gate/compat/gate.ts';
import type { ModuleSource } from '../source/module-source.ts';
import { standingOf } from '../source/range.ts';
import {
  type ArchiveKernel,
  flavourOf,
  listKernels,
  resolveDebianBase,
} from '../stream/debian/kernel.ts';
import type { Finding } from '../system/finding.ts';
import { archivesOf, debianBaseOf } from './debian/archives.ts';
import { resolveModules } from './debian/follow.ts';
import { foldersOf } from './folders.ts';

/** A kernel of the archive and the modules that do not support it. */
export interface SurveyedKernel extends ArchiveKernel {
  fits: boolean;
  unsupportedBy: string[];
}

/** What the archive offers a stream, and whether its modules support the kernel that it follows. */
export interface Survey {
  stream: string;
  suite: string;
  kernel: { release: string; package: string; version: string };
  modules: Pick<ModuleSource, 'name' | 'package' | 'version' | 'range'>[];
  /** Kernels of the flavour that is followed, oldest first. */
  kernels: SurveyedKernel[];
  /** Release of the newest kernel that every module supports. */
  newestFitting?: string;
  findings: Finding[];
}

export interface SurveyOptions {
  /** Folder of the configuration. */
  project: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** Looks at everything that an archive offers a stream. Fetches sources at most, builds nothing. */
export async function survey(stream: Stream, options: SurveyOptions): Promise<Survey> {
  const folders = foldersOf(options.project);
  const archives = archivesOf(stream, { ...options, folder: folders.apt });
  const modules = await resolveModules({ ...options, stream, archives, folders });
  const archive = await archives.base();
  const { suite, kernelRelease, kernelPackage } = await resolveDebianBase(
    archive,
    debianBaseOf(stream),
  );
  const all = await listKernels(archive);
  const request = { kernel: kernelRelease, modules, kernels: all };
  const flavour = flavourOf(kernelRelease);
  return {
    stream: stream.name,
    suite,
    kernel: { release: kernelRelease, package: kernelPackage.name, version: kernelPackage.version },
    modules: modules.map(({ name, package: from, version, range }) => ({
      name,
      package: from,
      version,
      range,
    })),
    kernels: all
      .filter((kernel) => kernel.flavour === flavour)
      .map((kernel) => withStanding(kernel, modules)),
    newestFitting: newestFittingKernel(request)?.release,
    findings: compatGate(request),
  };
}

function withStanding(kernel: ArchiveKernel, modules: readonly ModuleSource[]): SurveyedKernel {
  const against = modules.filter(({ range }) => standingOf(kernel.release, range) !== 'inside');
  const unsupportedBy = against.map(({ name }) => name);
  return { ...kernel, fits: unsupportedBy.length === 0, unsupportedBy };
}
