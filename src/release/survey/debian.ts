import { compatGate, newestFittingKernel } from '../../gate/compat/gate.ts';
import { majorMinorOf } from '../../kernel/version/release.ts';
import {
  type DebianBase,
  flavourOf,
  listKernels,
  resolveDebianBase,
} from '../../stream/debian/kernel.ts';
import { debianBaseOf } from '../context/archives.ts';
import type { RunContext } from '../context/run-context.ts';
import { kernelFacts } from '../facts/kernel-facts.ts';
import { resolveModules } from '../family/debian/follow.ts';
import { modulesFor, type Survey, type SurveyedBase, withStanding } from './answer.ts';

/** What an archive suite is at. */
export async function debianBase(context: RunContext): Promise<SurveyedBase> {
  return surveyed(await resolved(context));
}

async function resolved({ archives, stream }: RunContext): Promise<DebianBase> {
  return resolveDebianBase(await archives.base(), debianBaseOf(stream));
}

function surveyed(base: DebianBase): SurveyedBase {
  const { suite, osVersion, kernelRelease: release, kernelPackage, packages } = base;
  const { name, version } = kernelPackage;
  const kernel = { release, majorMinor: majorMinorOf(release), package: name, version };
  return { base: suite, digest: packages.digest, osVersion, kernel };
}

/** What an archive offers a stream: every kernel of the flavour that it follows. */
export async function surveyDebian(context: RunContext): Promise<Survey> {
  const { archives, stream } = context;
  const modules = await resolveModules(context);
  const base = await resolved(context);
  const { kernelRelease: release, packages } = base;
  const archive = await archives.base();
  const all = await listKernels(archive);
  const { architecture } = archive.request;
  const facts = await kernelFacts(context, { architecture, kernels: [release], packages }, modules);
  const request = { kernels: [release], modules, archive: all, ...facts };
  return {
    stream: stream.name,
    ...surveyed(base),
    modules: modulesFor([release], modules, facts),
    kernels: all
      .filter((kernel) => kernel.flavour === flavourOf(release))
      .map((kernel) =>
        withStanding({ ...kernel, followed: kernel.release === release }, modules, facts),
      ),
    newestFitting: newestFittingKernel(request)?.release,
    releases: [],
    findings: compatGate(request),
  };
}
