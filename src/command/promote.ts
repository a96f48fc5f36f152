import { randomBytes } from 'node:crypto';
import { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import { openRegistry } from '../oci/open.ts';
import { chooseStream, keeperOf, requestOfStored } from '../release/promotion/by-hand.ts';
import { observeTags, planPromotion } from '../release/promotion/plan.ts';
import { promoteArtifacts } from '../release/promotion/promote.ts';
import { runId } from '../release/record.ts';
import { contextOf, printJson, projectOptions } from './options.ts';
import { showPlan, showPromotion } from './render/promotion.ts';

const EXAMPLES = `
Moves the stable tags to an image that is stored already, with the kmods image that is in it.
Every gate must have a recorded pass for exactly this digest; it is read back right before the
first tag moves. A promotion that died half way is finished or undone first.
Exit status 1 when a gate stands against it.

Examples:
  $ lockstep promote candidate-1a2b3c4-12
  $ lockstep promote sha256:… --dry-run
  $ lockstep promote candidate-1a2b3c4-12 --stream debian-zfs`;

export const command = projectOptions(new Command('promote'))
  .summary('move the stable tags to an image that has passed')
  .description('Promotes a stored candidate by hand.')
  .argument('<ref>', 'tag or digest in the repository of the image')
  .option('--stream <name>', 'which stream of the configuration')
  .option('--dry-run', 'tell what would move, and move nothing')
  .addHelpText('after', EXAMPLES)
  .action(async (reference, options) => {
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
    else
      context.stdout.write(`${options.dryRun ? showPlan(result.plan) : showPromotion(result)}\n`);
  });
