import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../../config/load.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { chooseStream, keeperOf, requestOfStored } from '../../../release/promotion/by-hand.ts';
import { observeTags, planPromotion } from '../../../release/promotion/plan.ts';
import { promoteArtifacts } from '../../../release/promotion/promote.ts';
import { runId } from '../../../release/record/run-name.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { showPlan, showPromotion } from '../../render/promotion.ts';

interface PromoteOptions extends ProjectOptions {
  stream?: string;
  dryRun?: true;
}

export async function promote(reference: string, options: PromoteOptions): Promise<void> {
  const context = contextOf(options);
  const { env, cwd, now, signal } = context;
  const { streams } = await loadConfig(cwd, options.config);
  const stream = chooseStream(streams, options.stream);
  // Not ended by Ctrl-C: what moves together must not be torn apart.
  const registry = openRegistry(stream.publish.registry, { env, cwd });
  const id = runId(now(), randomBytes(2).toString('hex'));
  const request = await requestOfStored(stream, registry, { id, reference });
  const mayPromote = await keeperOf(stream, registry, { project: cwd });
  const result = options.dryRun
    ? { plan: planPromotion(request, await observeTags(registry, request), now()), recovered: [] }
    : await promoteArtifacts(request, { registry, mayPromote, now, signal });
  if (options.json) printJson(context, result);
  else if (options.dryRun) context.stdout.write(`${showPlan(result.plan, context.style)}\n`);
  else context.stdout.write(`${showPromotion(result, context.style)}\n`);
}
