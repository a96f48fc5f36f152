import type { Registry } from '../../oci/repository.ts';
import { passes } from '../../system/finding.ts';
import type { RunContext } from '../context/run-context.ts';
import { type Counting, lookTrust } from '../context/trust.ts';
import type { ObservedFlists } from '../flists/observe.ts';
import { gateTerms } from '../gates/terms.ts';
import { keepInputs } from '../kept/inputs.ts';
import { observe, type Sight } from '../plan/observe.ts';
import { plan, type RunRequest } from '../plan/plan.ts';
import type { PlannedRun } from '../plan/planned-run.ts';
import { isIdle } from '../plan/step.ts';
import type { Journal } from '../record/journal.ts';
import type { Resolved } from '../resolve/resolve.ts';
import type { Products } from './apply.ts';
import { passStep } from './pass-step.ts';

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
  const seen = await observe(context.ends, {
    inputs,
    kmodsKeys,
    compat,
    stable,
    archive: archive && publishes,
    counting: await countingOf(context),
  });
  const sight = { ...seen, flists: await flistsSeen(context, seen) };
  return { resolved, sight, gates, steps: plan(sight, { ...request, gates, publishes }) };
}

/** How the flists of a stream stand that has them; what looks is loaded only then. */
async function flistsSeen(
  context: RunContext,
  { candidateDescriptor }: Sight,
): Promise<ObservedFlists | undefined> {
  if (!context.ends.flists) return undefined;
  const { observeFlists } = await import('../flists/observe.ts');
  return observeFlists(context, candidateDescriptor);
}

/** Whose verdicts and records count on main; on other channels candidates are of no use to anybody else. */
async function countingOf(context: RunContext): Promise<Counting | undefined> {
  if (context.channel.name !== 'main') return undefined;
  return context.trust ?? lookTrust(context.stream, context);
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
  if (inputs.family === 'rpm' && passes(compat)) {
    const { keepFollowed } = await import('../family/rpm/followed.ts');
    await keepFollowed(context, inputs);
  }
  if (isIdle(run.steps)) {
    for (const planned of run.steps) passStep(journal, planned);
    return;
  }
  // What does the steps takes longer to load than a run takes that has nothing to do.
  const { applySteps } = await import('./apply.ts');
  await applySteps({ context, registry, run, journal, products });
}
