import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { type LoadedConfig, loadConfig } from '../../../config/load.ts';
import { chooseStream, streamsNamed } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { openTrust } from '../../../release/context/trust.ts';
import { handOutOf } from '../../../release/flists/of-stream.ts';
import { carryOut } from '../../../release/jobs/carry-out.ts';
import { loadPlan } from '../../../release/jobs/folder.ts';
import { promoteTasks } from '../../../release/jobs/tasks.ts';
import type { PromotionResult } from '../../../release/promotion/apply.ts';
import { keeperOf, requestOfStored } from '../../../release/promotion/by-hand.ts';
import { observeTags, planPromotion } from '../../../release/promotion/plan.ts';
import { promoteArtifacts } from '../../../release/promotion/promote.ts';
import { hostSignatures } from '../../../release/promotion/signatures.ts';
import { runId } from '../../../release/record/run-name.ts';
import type { StreamRun } from '../../../release/run/stream.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { tellRuns } from '../../jobs/runs.ts';
import { contextOf, note, type ProjectOptions, printJson } from '../../options/project.ts';
import type { ChoiceOptions } from '../../options/several.ts';
import { rendererFor } from '../../render/choose.ts';
import { showPlan, showPromotion } from '../../render/promotion.ts';

interface PromoteOptions extends ProjectOptions, ChoiceOptions {
  dryRun?: true;
  planned?: string;
}

export async function promote(
  reference: string | undefined,
  options: PromoteOptions,
): Promise<void> {
  const { planned, dryRun, json } = options;
  const context = contextOf(options, 'the next run goes on');
  const config = await loadConfig(context.cwd, options.config);
  if (reference != null && planned == null) {
    const result = await promoteStored(context, config, { ...options, reference });
    if (json) printJson(context, result);
    else if (dryRun) context.stdout.write(`${showPlan(result.plan, context.style)}\n`);
    else context.stdout.write(`${showPromotion(result, context.style)}\n`);
    return;
  }
  if (reference != null || planned == null || dryRun) throw notNamed();
  const done = await promotePlanned(context, config, { ...options, planned });
  if (json)
    printJson(context, {
      streams: done.map(({ record }) => ({ name: record.stream, ...record })),
    });
  await tellRuns(done, { ...context, config, json });
}

async function promoteStored(
  { cwd, env, now, signal }: Context,
  { streams }: LoadedConfig,
  { reference, stream: named, kernel: kernels, dryRun }: PromoteOptions & { reference: string },
): Promise<PromotionResult> {
  const stream = chooseStream(streams, named);
  // Not ended by Ctrl-C: what moves together must not be torn apart.
  const registry = openRegistry(stream.publish.registry, { env, cwd });
  const id = runId(now(), randomBytes(2).toString('hex'));
  const request = await requestOfStored(stream, registry, { id, reference, kernels });
  const around = { env, project: cwd, signal, now };
  const trust = await openTrust(stream, around);
  const mayPromote = await keeperOf(stream, registry, { ...around, seals: trust?.verdicts });
  const signatures = await hostSignatures(stream, { registry, trust, now });
  if (dryRun) {
    const observed = await observeTags(registry, request);
    return { plan: planPromotion(request, observed, now()), recovered: [] };
  }
  const options = { registry, mayPromote, signatures, seals: trust?.records, now, signal };
  const result = await promoteArtifacts(request, options);
  await handOutOf(stream, registry, around);
  return result;
}

async function promotePlanned(
  context: Context,
  { streams }: LoadedConfig,
  { planned, stream: named, kernel: kernels }: PromoteOptions & { planned: string },
): Promise<StreamRun[]> {
  const folder = resolve(context.cwd, planned);
  const plan = await loadPlan(folder);
  const names = named && streamsNamed(streams, named).map(({ name }) => name);
  const tasks = promoteTasks(plan, { streams: names, kernels });
  if (tasks.length === 0) note(context, `the plan ${plan.run} has nothing to promote`);
  const renderer = rendererFor(context);
  const { emit } = renderer;
  const work = { ...context, emit, project: context.cwd, plan, folder, streams };
  const done = await carryOut(tasks, work);
  renderer.close();
  return done;
}

function notNamed(): LockstepError {
  return new LockstepError('usage', 'name an image, or the folder of a plan', {
    hint: 'lockstep promote REF [--dry-run], or lockstep promote --planned DIR',
  });
}
