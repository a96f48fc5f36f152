import type { Registry } from '../oci/repository.ts';
import { applySteps, type Products } from './apply.ts';
import type { RunContext } from './context.ts';
import { gateTerms } from './gate-steps.ts';
import { keepInputs } from './inputs-store.ts';
import type { Journal } from './journal.ts';
import { observe, type Sight } from './observe.ts';
import { isIdle, type PlannedStep, type PlanOptions, type PlanStep, plan } from './plan.ts';
import type { Resolved } from './resolve.ts';

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

/** Plans a run from what the registry has. */
export async function planRun(
  context: RunContext,
  resolved: Resolved,
  request: RunRequest,
): Promise<PlannedRun> {
  const { inputs, kmodsKey, compat } = resolved;
  const gates = await gateTerms(context.stream, context.project);
  const { stable } = context.stream.publish;
  const sight = await observe(context.ends, { inputs, kmodsKey, compat, stable });
  return { resolved, sight, gates, steps: plan(sight, { ...request, gates }) };
}

/** Does what the plan says, step by step; the first no ends it with a `StepFailure`. */
export async function applyRun(
  context: RunContext,
  registry: Registry,
  { run, journal, products }: { run: PlannedRun; journal: Journal; products: Products },
): Promise<void> {
  if (!isIdle(run.steps)) {
    products.outcome = 'candidate';
    await keepInputs(context, journal, run.resolved.inputs);
  }
  await applySteps({ context, registry, run, journal, products });
}
