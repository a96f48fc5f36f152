import { Command, Option } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import { openRegistry } from '../oci/open.ts';
import { type Channel, channels, streamForChannel } from '../release/channel.ts';
import { channelRegistry } from '../release/channel-ends.ts';
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
  $ lockstep cleanup --channel branch       what all branches left beside main's
  $ lockstep cleanup --keep-days 30 --keep-newest 5 --keep 'candidate-1a2b3c4-*'`;

export const command = projectOptions(new Command('cleanup'))
  .summary('tell what may go from the registry, and remove it with --yes')
  .description('Removes what is neither followed, nor needed, nor young.')
  .option('--keep-days <n>', 'keep everything younger than this', wholeNumber, 90)
  .option(
    '--keep-newest <n>',
    'keep the newest of each kernel (default: 3, 0 of branches)',
    wholeNumber,
  )
  .option('--keep-rollbacks <n>', 'promotions to be able to go back to (default: all)', wholeNumber)
  .option('--keep <tag...>', 'keep these tags; * stands for anything')
  .addOption(new Option('--channel <name>', 'whose repositories (default: main)').choices(channels))
  .option('--stream <name>', 'which stream of the configuration')
  .option('--yes', 'remove; without it nothing is changed')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => {
    const context = contextOf(options);
    const { env, cwd, now, signal } = context;
    const { streams } = await loadConfig(cwd, options.config);
    const stream = chooseStream(streams, options.stream);
    const channel = anyOf(options.channel);
    const isMain = channel.name === 'main';
    const { image, kmods, stable } = streamForChannel(stream, channel).publish;
    const configured = openRegistry(stream.publish.registry, { env, cwd, signal });
    const cleanup = {
      registry: channelRegistry(stream, channel, { registry: configured, project: cwd, env }),
      scope: { image, kmods, stable: isMain ? stable : [] },
      policy: {
        days: options.keepDays,
        newest: options.keepNewest ?? (isMain ? 3 : 0),
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

/** All branches share their repositories. */
function anyOf(name: Channel['name'] = 'main'): Channel {
  return name === 'branch' ? { name, branch: '' } : { name };
}
