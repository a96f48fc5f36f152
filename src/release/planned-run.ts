import type { Sight } from './observe.ts';
import type { PlannedStep, PlanOptions, PlanStep } from './plan.ts';
import type { Resolved } from './resolve.ts';

/** What is asked of a run. */
export interface RunRequest {
  /** Build and prove again what is there. */
  force?: boolean;
  /** False stops at the candidate. */
  promote?: boolean;
  /** Do this step alone. */
  only?: PlanStep;
}

/** A run that knows what it will do. */
export interface PlannedRun {
  resolved: Resolved;
  sight: Sight;
  gates: PlanOptions['gates'];
  steps: PlannedStep[];
}
