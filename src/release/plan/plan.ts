import type { GateName } from '../../gate/verdict.ts';
import type { Digest } from '../../system/digest.ts';
import { type Finding, passes } from '../../system/finding.ts';
import type { ObservedFlists } from '../flists/observe.ts';
import type { RecordedVerdict } from '../record/verdicts.ts';
import { buildStep, type ObservedKmods } from './build.ts';
import { isPassed, type PlannedStep, type PlanStep } from './step.ts';

/** What planning looks at; gathered by `observe`, made up in tests. */
export interface Observed {
  compat: readonly Finding[];
  /** Of each kernel, oldest first. */
  kmods: readonly ObservedKmods[];
  /** What of OS version, kernel and modules is other than stable's; undefined without a stable. */
  unlike?: readonly string[];
  /** The candidate with the wanted key. */
  candidate?: { digest: Digest };
  /** The repository of main that has the candidate, where this channel has it not. */
  elsewhere?: string;
  /** Whether the pinned files are kept in the registry; undefined where that is not asked for. */
  archived?: boolean;
  /** The newest verdicts recorded for the candidate. */
  verdicts: ReadonlyMap<GateName, RecordedVerdict>;
  /** When the candidate was rolled back from, if it was and nobody promoted it since; ISO 8601. */
  rolledBack?: string;
  /** Where the stable tags point. */
  stable: Readonly<Record<string, Digest | undefined>>;
  /** How the flists stand, for a stream that has them. */
  flists?: ObservedFlists | undefined;
}

export interface PlanOptions {
  /** Gates that must pass, each with the terms that it is to be run under. */
  gates: ReadonlyMap<GateName, string>;
  /** Build and prove again what is there. */
  force?: boolean;
  /** False stops at the candidate. */
  promote?: boolean;
  /** False on a channel that publishes nothing. */
  publishes?: boolean;
  /** Do this step alone; what it needs must be there. */
  only?: PlanStep;
  /** False: kmods that are not there are another job's to build, and nothing is done without them. */
  build?: boolean;
  /** False: the image is another job's to compose, and nothing is done without it. */
  compose?: boolean;
  /** Build for these kernels alone (default: for all); of an image without any of them do nothing. */
  kernels?: readonly string[];
}

/** What is asked of a run. */
export type RunRequest = Pick<
  PlanOptions,
  'force' | 'promote' | 'only' | 'build' | 'compose' | 'kernels'
>;

/** Decides what a run does. Pure: the same observations give the same plan. */
export function plan(observed: Observed, options: PlanOptions): PlannedStep[] {
  const builds = observed.kmods.map((kmods) => buildStep(kmods, options));
  const steps = [...artifactSteps(observed, builds, options), ...gateSteps(observed, options)];
  const isMade = steps.every(({ step, action }) => !MAKING.includes(step) || action !== 'do');
  const whole = [...steps, promoteStep(observed, options, isMade)];
  const stopped = stopAfterNo(ofKernels(withoutVainCopies(whole), observed, options.kernels));
  return restrict(stopped, options.only);
}

/** Steps that make what is promoted. */
const MAKING: readonly PlanStep[] = ['compose', 'flists'];

function artifactSteps(
  observed: Observed,
  builds: readonly PlannedStep[],
  options: PlanOptions,
): PlannedStep[] {
  const { compat } = observed;
  const fits = passes(compat);
  const compatReason = fits
    ? 'every kernel is in the range of every module'
    : 'a kernel is outside the range';
  return [
    { step: 'compat', action: fits ? 'reuse' : 'stop', reason: compatReason },
    ...builds,
    composeStep(observed, options),
    ...archiveSteps(observed),
  ];
}

function archiveSteps({ archived }: Observed): PlannedStep[] {
  if (archived == null) return [];
  return archived
    ? [{ step: 'archive', action: 'reuse', reason: 'the pinned files are kept in the registry' }]
    : [{ step: 'archive', action: 'do', reason: 'the pinned files are not kept yet' }];
}

/** What makes two images the same, in words. */
const SAME_IMAGE =
  'a candidate has these inputs: base, packages, modules, overlay and units are the same';

function composeStep(
  { candidate, elsewhere, unlike }: Observed,
  { force, compose = true }: PlanOptions,
): PlannedStep {
  const step = 'compose';
  if (!compose) return otherJob(candidate != null && elsewhere == null);
  if (!candidate) return { step, action: 'do', reason: composeReason(unlike) };
  if (elsewhere == null) return forced(force, { step, action: 'reuse', reason: SAME_IMAGE });
  const reason = `${elsewhere} has an image of these inputs`;
  return forced(force, { step, action: 'copy', reason });
}

/** The image as another job has to leave it. */
function otherJob(isThere: boolean): PlannedStep {
  const step = 'compose';
  if (isThere) return { step, action: 'reuse', reason: SAME_IMAGE };
  return { step, action: 'stop', reason: 'no candidate, and it is another job that composes it' };
}

/** What main has is not copied when nothing is left to do with it. */
function withoutVainCopies(steps: readonly PlannedStep[]): PlannedStep[] {
  const isNeeded = steps.some(({ action }) => action === 'do');
  return steps.map((step) =>
    step.action === 'copy' && !isNeeded ? { ...step, action: 'reuse' } : step,
  );
}

function composeReason(unlike: readonly string[] | undefined): string {
  const what = 'no candidate has these inputs';
  if (!unlike) return what;
  if (unlike.length > 0) return `${what}; unlike stable: ${unlike.join('; ')}`;
  return `${what}; OS version, kernel and modules are those of stable`;
}

function forced(force: boolean | undefined, step: PlannedStep): PlannedStep {
  return force ? { ...step, action: 'do', reason: 'forced' } : step;
}

function gateSteps(observed: Observed, options: PlanOptions): PlannedStep[] {
  const steps: PlannedStep[] = [];
  for (const step of ['package', 'contents', 'abi', 'boot'] as const) {
    const terms = options.gates.get(step);
    if (terms == null)
      steps.push({ step, action: 'skip', reason: 'switched off in the configuration' });
    else steps.push(gateStep(step, terms, { observed, options }));
  }
  const flists = options.gates.get('flists');
  if (flists != null) steps.push(gateStep('flists', flists, { observed, options }));
  return steps;
}

function gateStep(
  step: PlanStep & GateName,
  terms: string,
  { observed, options }: { observed: Observed; options: PlanOptions },
): PlannedStep {
  const verdict = observed.candidate && observed.verdicts.get(step);
  if (verdict?.result === 'pass' && verdict.terms === terms && !options.force) {
    return { step, action: 'reuse', reason: `passed on ${verdict.time}` };
  }
  const reason = options.force
    ? 'forced'
    : verdict == null
      ? 'not yet run on this candidate'
      : verdict.result === 'pass'
        ? `passed under other terms: ${verdict.terms}`
        : `the last verdict is ${verdict.result}`;
  return { step, action: 'do', reason };
}

function promoteStep(observed: Observed, options: PlanOptions, isMade: boolean): PlannedStep {
  const { candidate, stable, flists } = observed;
  if (options.publishes === false) {
    return { step: 'promote', action: 'skip', reason: 'this channel publishes nothing' };
  }
  if (options.promote === false) {
    return { step: 'promote', action: 'skip', reason: 'asked to stop at the candidate' };
  }
  const images = Object.entries(stable).filter(([, digest]) => digest !== candidate?.digest);
  const behind = [...(flists?.behind ?? []), ...images.map(([tag]) => tag)];
  if (isMade && candidate && behind.length === 0 && !options.force) {
    if (flists?.handedOut !== false)
      return { step: 'promote', action: 'reuse', reason: 'stable is this candidate' };
    const reason = 'machines do not yet fetch the flists that stable is promoted with';
    return { step: 'promote', action: 'do', reason };
  }
  if (isMade && observed.rolledBack && !options.force) {
    const reason = `rolled back on ${observed.rolledBack}; go on with: lockstep promote, or --force`;
    return { step: 'promote', action: 'skip', reason };
  }
  const tags = behind.length > 0 ? behind : Object.keys(stable);
  return {
    step: 'promote',
    action: 'do',
    reason: `when every gate has passed: ${tags.join(', ')}`,
  };
}

function stopAfterNo(steps: readonly PlannedStep[]): PlannedStep[] {
  const no = steps.findIndex(({ action }) => action === 'stop');
  return steps.map((step, index) =>
    no !== -1 && index > no
      ? { ...step, action: 'skip', reason: `${steps[no]?.step} said no` }
      : step,
  );
}

/** Leaves builds for other kernels out, and with them what needs them. */
function ofKernels(
  steps: readonly PlannedStep[],
  { kmods }: Observed,
  kernels: readonly string[] | undefined,
): PlannedStep[] {
  if (!kernels) return [...steps];
  const isAsked = ({ kernel }: { kernel?: string }) => kernel == null || kernels.includes(kernel);
  const skip = (step: PlannedStep, reason: string): PlannedStep => ({
    ...step,
    action: 'skip',
    reason,
  });
  const asked = kernels.map((kernel) => `Linux ${kernel}`).join(', ');
  if (!kmods.some(isAsked)) return steps.map((step) => skip(step, `it has no ${asked}`));
  const isMissing = (step: PlannedStep) => !isAsked(step) && !isPassed(step.action);
  const missing = steps.find(isMissing);
  return steps.map((step) => {
    if (!isAsked(step)) return skip(step, `only ${asked} was asked for`);
    const needsAll = step.kernel == null && step.step !== 'compat';
    return missing && needsAll ? skip(step, `Linux ${missing.kernel} was left out`) : step;
  });
}

/** Leaves one step; those before it are not done, those after it are left out. */
function restrict(steps: readonly PlannedStep[], only: PlanStep | undefined): PlannedStep[] {
  if (only == null) return [...steps];
  return steps.map((step) =>
    step.step === only || step.action === 'stop' || isPassed(step.action)
      ? step
      : { ...step, action: 'skip', reason: `only ${only} was asked for` },
  );
}
