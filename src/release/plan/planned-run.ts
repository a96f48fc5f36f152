import type { Resolved } from '../resolve/resolve.ts';
import type { Sight } from './observe.ts';
import type { PlanOptions } from './plan.ts';
import type { PlannedStep } from './step.ts';

/** A run that knows what it will do. */
export interface PlannedRun {
  resolved: Resolved;
  sight: Sight;
  gates: PlanOptions['gates'];
  steps: PlannedStep[];
}
