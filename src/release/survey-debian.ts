import { compatGate, newestFittingKernel } from '../gate/compat/gate.ts';
import { flavourOf, listKernels, resolveDebianBase } from '../stream/debian/kernel.ts';
import type { RunContext } from './context.ts';
import { debianBaseOf } from './debian/archives.ts';
import { resolveModules } from './debian/follow.ts';
import {
  majorMinorOf,
  modulesFor,
  type Survey,
  type SurveyedBase,
  withStanding,
} from './surveyed.ts';

/** What an archive suite is at. */
export async function debianBase({ archives, stream }: RunContext): Promise<SurveyedBase> {
  const base = await resolveDebianBase(await archives.base(), debianBaseOf(stream));
  const { suite, osVersion, kernelRelease: release, kernelPackage, packages } = base;
  const { name, version } = kernelPackage;
  const kernel = { release, majorMinor: majorMinorOf(release), package: name, version };
  return { base: suite, digest: packages.digest, osVersion, kernel };
}

/** What an archive offers a stream: every kernel of the flavour that it follows. */
export async function surveyDebian(context: RunContext): Promise<Survey> {
  const { archives, stream } = context;
  const modules = await resolveModules(context);
  const base = await debianBase(context);
  const { release } = base.kernel;
  const all = await listKernels(await archives.base());
  const request = { kernels: [release], modules, archive: all };
  return {
    stream: stream.name,
    ...base,
    modules: modulesFor([release], modules),
    kernels: all
      .filter((kernel) => kernel.flavour === flavourOf(release))
      .map((kernel) => withStanding({ ...kernel, followed: kernel.release === release }, modules)),
    newestFitting: newestFittingKernel(request)?.release,
    releases: [],
    findings: compatGate(request),
  };
}
