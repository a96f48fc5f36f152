import type { GateName } from '../gate/verdict.ts';
import type { Digest } from '../system/digest.ts';
import { type Finding, passes } from '../system/finding.ts';
import type { RecordedVerdict } from './verdicts.ts';

/** The steps of a run that do something, in their order. */
export const planSteps = [
  'compat',
  'build',
  'compose',
  'package',
  'contents',
  'abi',
  'boot',
  'promote',
] as const;

export type PlanStep = (typeof planSteps)[number];

/** `stop`: the answer is no, and nothing after it is done. */
export type Action = 'do' | 'reuse' | 'skip' | 'stop';

export interface PlannedStep {
  step: PlanStep;
  action: Action;
  /** Why, for people: `no kmods image has this key`. */
  reason: string;
}

/** What planning looks at; gathered by `observe`, made up in tests. */
export interface Observed {
  keys: { kmods: Digest; image: Digest };
  compat: readonly Finding[];
  /** The kmods image of this kernel, with what differs from the wanted key (empty: nothing). */
  kmods?: { digest: Digest; differences: readonly string[] };
  /** The candidate with the wanted key. */
  candidate?: { digest: Digest };
  /** The newest verdicts recorded for the candidate. */
  verdicts: ReadonlyMap<GateName, RecordedVerdict>;
  /** When the candidate was rolled back from, if it was and nobody promoted it since; ISO 8601. */
  rolledBack?: string;
  /** Where the stable tags point. */
  stable: Readonly<Record<string, Digest | undefined>>;
}

export interface PlanOptions {
  /** Gates that must pass, each with the terms that it is to be run under. */
  gates: ReadonlyMap<GateName, string>;
  /** Build and prove again what is there. */
  force?: boolean;
  /** False stops at the candidate. */
  promote?: boolean;
  /** Do this step alone; what it needs must be there. */
  only?: PlanStep;
}

/** Decides what a run does. Pure: the same observations give the same plan. */
export function plan(observed: Observed, options: PlanOptions): PlannedStep[] {
  const steps = [...artifactSteps(observed, options), ...gateSteps(observed, options)];
  const composed = steps.every((step) => step.step !== 'compose' || step.action === 'reuse');
  const whole = [...steps, promoteStep(observed, options, composed)];
  return restrict(stopAfterNo(whole), options.only);
}

/** True when there is nothing to do and nothing that stops. */
export function isIdle(steps: readonly PlannedStep[]): boolean {
  return steps.every(({ action }) => action === 'reuse' || action === 'skip');
}

function artifactSteps(observed: Observed, { force }: PlanOptions): PlannedStep[] {
  const { compat, kmods, candidate } = observed;
  const fits = passes(compat);
  const compatReason = fits
    ? 'the kernel is in the range of every module'
    : 'the kernel is outside the range';
  const stale = kmods?.differences ?? [];
  return [
    { step: 'compat', action: fits ? 'reuse' : 'stop', reason: compatReason },
    !kmods
      ? { step: 'build', action: 'do', reason: 'no kmods image for this kernel' }
      : stale.length > 0
        ? { step: 'build', action: 'do', reason: `stale: ${stale.join('; ')}` }
        : forced(force, { step: 'build', action: 'reuse', reason: 'a kmods image has this key' }),
    candidate
      ? forced(force, { step: 'compose', action: 'reuse', reason: 'a candidate has these inputs' })
      : { step: 'compose', action: 'do', reason: 'no candidate has these inputs' },
  ];
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

function promoteStep(observed: Observed, options: PlanOptions, composed: boolean): PlannedStep {
  const { candidate, stable } = observed;
  if (options.promote === false) {
    return { step: 'promote', action: 'skip', reason: 'asked to stop at the candidate' };
  }
  const behind = Object.entries(stable).filter(([, digest]) => digest !== candidate?.digest);
  if (composed && candidate && behind.length === 0 && !options.force) {
    return { step: 'promote', action: 'reuse', reason: 'stable is this candidate' };
  }
  if (composed && observed.rolledBack && !options.force) {
    const reason = `rolled back on ${observed.rolledBack}; go on with: lockstep promote, or --force`;
    return { step: 'promote', action: 'skip', reason };
  }
  const tags = behind.length > 0 ? behind.map(([tag]) => tag) : Object.keys(stable);
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

/** Leaves one step; those before it are not done, those after it are left out. */
function restrict(steps: readonly PlannedStep[], only: PlanStep | undefined): PlannedStep[] {
  if (only == null) return [...steps];
  return steps.map((step) =>
    step.step === only || step.action !== 'do'
      ? step
      : { ...step, action: 'skip', reason: `only ${only} was asked for` },
  );
}
