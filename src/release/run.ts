import type { Registry } from '../oci/repository.ts';
import { passes } from '../system/finding.ts';
import { applySteps, type Products } from './apply.ts';
import type { RunContext } from './context.ts';
import { gateTerms } from './gate-steps.ts';
import { keepInputs } from './inputs-store.ts';
import type { Journal } from './journal.ts';
import { observe } from './observe.ts';
import { plan, type RunRequest } from './plan.ts';
import type { PlannedRun } from './planned-run.ts';
import { isIdle } from './planned-step.ts';
import type { Resolved } from './resolve.ts';
import { keepFollowed } from './rpm/followed.ts';

/** Plans a run from what the registry has. */
export async function planRun(
  context: RunContext,
  resolved: Resolved,
  request: RunRequest,
): Promise<PlannedRun> {
  const { inputs, kmodsKeys, compat } = resolved;
  const gates = await gateTerms(context.stream, context.project);
  const { stable, archive_inputs: archive = false } = context.stream.publish;
  const publishes = context.channel.name !== 'pull-request';
  const sight = await observe(context.ends, {
    inputs,
    kmodsKeys,
    compat,
    stable,
    archive: archive && publishes,
  });
  return { resolved, sight, gates, steps: plan(sight, { ...request, gates, publishes }) };
}

/** Does what the plan says, step by step; the first no ends it with a `StepFailure`. */
export async function applyRun(
  context: RunContext,
  registry: Registry,
  { run, journal, products }: { run: PlannedRun; journal: Journal; products: Products },
): Promise<void> {
  const { inputs, compat } = run.resolved;
  if (!isIdle(run.steps)) {
    // What is left to do of an image that is stable already, say to archive its inputs, moves nothing.
    products.outcome = run.steps.at(-1)?.action === 'reuse' ? 'unchanged' : 'candidate';
    await keepInputs(context, journal, inputs);
  }
  if (inputs.family === 'rpm' && passes(compat)) await keepFollowed(context, inputs);
  await applySteps({ context, registry, run, journal, products });
}
