import { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import { openRegistry } from '../oci/open.ts';
import { chooseStream } from '../release/promotion/by-hand.ts';
import { applyCleanup, proposeCleanup } from '../release/retention/apply.ts';
import { wholeNumber } from './image-options.ts';
import { contextOf, printJson, projectOptions } from './options.ts';
import { showCleanup, sumUpCleanup } from './render/cleanup.ts';

const EXAMPLES = `
Tells what may go from the repositories of a stream, what stays and why; removes it with --yes.
Always kept: what hosts follow, rollback targets, whatever a running promotion speaks of, tags that
lockstep did not make; and what any of those holds, needs, or is signed by. Signatures, verdicts and
records live and die with what they belong to. Nobody promotes while it removes.

Examples:
  $ lockstep cleanup                        what would go, and why
  $ lockstep cleanup --yes                  remove it
  $ lockstep cleanup --keep-days 30 --keep-newest 5 --keep 'candidate-1a2b3c4-*'`;

export const command = projectOptions(new Command('cleanup'))
  .summary('tell what may go from the registry, and remove it with --yes')
  .description('Removes what is neither followed, nor needed, nor young.')
  .option('--keep-days <n>', 'keep everything younger than this', wholeNumber, 90)
  .option('--keep-newest <n>', 'keep the newest of each kernel and stream', wholeNumber, 3)
  .option('--keep-rollbacks <n>', 'promotions to be able to go back to (default: all)', wholeNumber)
  .option('--keep <tag...>', 'keep these tags; * stands for anything')
  .option('--stream <name>', 'which stream of the configuration')
  .option('--yes', 'remove; without it nothing is changed')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => {
    const context = contextOf(options);
    const { env, cwd, now, signal } = context;
    const { streams } = await loadConfig(cwd, options.config);
    const { publish } = chooseStream(streams, options.stream);
    const { image, kmods, stable } = publish;
    const cleanup = {
      registry: openRegistry(publish.registry, { env, cwd, signal }),
      scope: { image, kmods, stable },
      policy: {
        days: options.keepDays,
        newest: options.keepNewest,
        tags: options.keep ?? [],
        ...(options.keepRollbacks == null ? {} : { rollbacks: options.keepRollbacks }),
      },
      now,
      signal,
    };
    const plan = await proposeCleanup(cleanup);
    const result = options.yes ? await applyCleanup(plan, cleanup) : undefined;
    if (options.json) return printJson(context, { ...plan, ...result });
    context.stdout.write(`${showCleanup(plan)}\n${sumUpCleanup(plan)}\n`);
    if (result)
      context.stdout.write(`removed ${result.removed.length}, and ${result.blobs.length} blobs\n`);
    else if (plan.removals.length > 0)
      context.stderr.write('remove them with: lockstep cleanup --yes\n');
    return undefined;
  });
