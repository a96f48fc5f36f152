/** The steps of a run that do something, in their order. */
export const planSteps = [
  'compat',
  'build',
  'compose',
  'archive',
  'package',
  'contents',
  'abi',
  'boot',
  'flists',
  'promote',
] as const;

export type PlanStep = (typeof planSteps)[number];

/** `copy`: what another channel has is taken. `stop`: the answer is no, and nothing after it is done. */
export type Action = 'do' | 'copy' | 'reuse' | 'skip' | 'stop';

export interface PlannedStep {
  step: PlanStep;
  /** Of a build: the kernel that it is for. */
  kernel?: string;
  action: Action;
  /** Why, for people: `no kmods image has this key`. */
  reason: string;
}

/** True when there is nothing to do and nothing that stops. */
export function isIdle(steps: readonly PlannedStep[]): boolean {
  return steps.every(({ action }) => isPassed(action));
}

/** True for a step that needs no work. */
export function isPassed(action: Action): boolean {
  return action === 'reuse' || action === 'skip';
}
