import { compatGate } from '../../gate/compat/gate.ts';
import { majorMinorOf } from '../../kernel/version/release.ts';
import { formatReference, parseReference } from '../../oci/reference.ts';
import { newestPerLine } from '../../source/openzfs/choose.ts';
import { releasesOf } from '../../source/openzfs/releases.ts';
import { statedRange } from '../../source/openzfs/resolve.ts';
import { readCompatTable } from '../../source/openzfs/table-file.ts';
import { lineOf } from '../../source/openzfs/version.ts';
import { standingOf } from '../../source/range.ts';
import type { RunContext } from '../context/run-context.ts';
import { kernelFacts } from '../facts/kernel-facts.ts';
import { followBase } from '../family/rpm/follow.ts';
import { followModules, githubOf } from '../family/rpm/modules.ts';
import type { RpmInputs } from '../inputs/inputs.ts';
import type { ModuleInputs } from '../inputs/modules.ts';
import {
  modulesFor,
  type Survey,
  type SurveyedBase,
  type SurveyedRelease,
  withStanding,
} from './answer.ts';

/** What an image is at. */
export async function imageBase(context: RunContext): Promise<SurveyedBase> {
  return surveyed(await followBase(context));
}

function surveyed(base: RpmInputs['base']): SurveyedBase {
  const { reference, digest, tag, osVersion, kernelRelease: release } = base;
  const { tag: _moving, ...place } = parseReference(reference);
  return {
    base: formatReference({ ...place, digest }),
    digest,
    ...(tag && { tag }),
    osVersion,
    kernel: { release, majorMinor: majorMinorOf(release) },
  };
}

/** What upstream offers a stream on an image: releases of its modules, when they are asked for. */
export async function surveyImage(
  context: RunContext,
  options: { releases: boolean },
): Promise<Survey> {
  const base = await followBase(context);
  const modules = await followModules(context, base);
  const facts = await kernelFacts(context, { ...base, image: base }, modules);
  const kernels = [
    ...base.removed.map((release) => withStanding({ release, followed: false }, modules, facts)),
    ...base.kernels.map((release) => withStanding({ release, followed: true }, modules, facts)),
  ];
  const newestFitting = kernels.findLast(({ fits }) => fits)?.release;
  const releases = options.releases
    ? await Promise.all(modules.map((module) => releasesFor(context, module, base.kernels)))
    : [];
  return {
    stream: context.stream.name,
    ...surveyed(base),
    modules: modulesFor(base.kernels, modules, facts),
    kernels,
    ...(newestFitting && { newestFitting }),
    releases: releases.flat(),
    findings: compatGate({ kernels: base.kernels, modules, ...facts }),
  };
}

/** The newest release of each line that a module could have. */
async function releasesFor(
  context: RunContext,
  module: ModuleInputs,
  kernels: readonly string[],
): Promise<SurveyedRelease[]> {
  if (module.kind !== 'openzfs') return [];
  const configured = context.stream.modules.find(({ name }) => name === module.name) ?? {};
  const github = githubOf(context, configured);
  const { table } = await readCompatTable(context.project);
  const newest = newestPerLine(await releasesOf(github));
  return Promise.all(
    newest.map(async ({ version, date }) => {
      // META of the release that is followed has been read already, and signed.
      const followed = version === module.version;
      const range = followed ? module.range : await statedRange({ version }, { github, table });
      return {
        module: module.name,
        line: lineOf(version),
        version,
        ...(date && { date }),
        ...(range && { range }),
        fits: range?.max != null && kernels.every((one) => standingOf(one, range) === 'inside'),
        followed,
      };
    }),
  );
}
