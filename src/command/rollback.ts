import { randomBytes } from 'node:crypto';
import { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import { openRegistry } from '../oci/open.ts';
import { chooseStream, keeperOf } from '../release/promotion/by-hand.ts';
import { afterRecovery } from '../release/promotion/promote.ts';
import { planRollback } from '../release/promotion/rollback.ts';
import { runId } from '../release/record.ts';
import { presentStable } from '../release/stable-tags.ts';
import { contextOf, printJson, projectOptions } from './options.ts';
import { showPlan, showPromotion } from './render/promotion.ts';

const EXAMPLES = `
Moves the stable tags back to an earlier promotion, named by its audit tag; without one, to the
promotion before the present one. Everything that was promoted together goes back together. It is
the same transaction as a promotion; the gates must have passed under the terms of that time.

Examples:
  $ lockstep rollback
  $ lockstep rollback stable-20261120t080000z-1a2b-3c4d5e6
  $ lockstep rollback --dry-run --json`;

export const command = projectOptions(new Command('rollback'))
  .summary('move the stable tags back to an earlier promotion')
  .description('Rolls back to an earlier audit tag.')
  .argument('[audit-tag]', 'where to go back to')
  .option('--stream <name>', 'which stream of the configuration')
  .option('--dry-run', 'tell what would move, and move nothing')
  .addHelpText('after', EXAMPLES)
  .action(async (audit, options) => {
    const context = contextOf(options);
    const { env, cwd, now, signal } = context;
    const { streams } = await loadConfig(cwd, options.config);
    const stream = chooseStream(streams, options.stream);
    // Not ended by Ctrl-C: what moves together must not be torn apart.
    const registry = openRegistry(stream.publish.registry, { env, cwd });
    const repository = stream.publish.image;
    const repositories = [repository, stream.publish.kmods];
    const stable = await presentStable(registry.repository(repository), stream.publish.stable);
    const id = runId(now(), randomBytes(2).toString('hex'));
    const planIt = () => planRollback(registry, { id, repository, stable, audit }, now());
    const mayPromote = await keeperOf(stream, registry, { project: cwd, anyTerms: true });
    const result = options.dryRun
      ? { plan: await planIt(), recovered: [] }
      : await afterRecovery(repositories, planIt, { registry, mayPromote, now, signal });
    if (options.json) printJson(context, result);
    else
      context.stdout.write(`${options.dryRun ? showPlan(result.plan) : showPromotion(result)}\n`);
  });
