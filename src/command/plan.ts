import { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import { openRegistry } from '../oci/open.ts';
import { channelOf } from '../release/channel.ts';
import { planStream } from '../release/stream-run.ts';
import { CHANNEL_HELP, channelOptions } from './channel-options.ts';
import { contextOf, printJson, projectOptions } from './options.ts';
import { table } from './render/table.ts';

const EXAMPLES = `
Asks the archive and the registry, changes nothing. Exit status 1 when a gate stops the run.

Examples:
  $ lockstep plan
  $ lockstep plan --json`;

export const command = channelOptions(projectOptions(new Command('plan')))
  .summary('tell what a run would do, and why')
  .description('Tells for each stream which steps a run would do, reuse or leave out.')
  .option('--no-promote', 'plan a run that stops at the candidate')
  .option('--force', 'plan a run that makes everything again')
  .addHelpText('after', EXAMPLES + CHANNEL_HELP)
  .action(async (options) => {
    const context = contextOf(options);
    const channel = channelOf(options);
    const { streams } = await loadConfig(context.cwd, options.config);
    const planned = [];
    for (const stream of streams) {
      const registry = openRegistry(stream.publish.registry, context);
      const { force, promote } = options;
      const request = { force, promote };
      planned.push(
        await planStream(stream, {
          channel,
          ...context,
          registry,
          project: context.cwd,
          request,
        }),
      );
    }
    if (options.json) printJson(context, { streams: planned });
    else for (const plan of planned) context.stdout.write(`${show(plan)}\n`);
    const stopped = planned.some(({ steps }) => steps.some(({ action }) => action === 'stop'));
    if (stopped) process.exitCode = 1;
  });

function show({ name, kernels, steps }: Awaited<ReturnType<typeof planStream>>): string {
  const rows = steps.map(({ step, action, reason }) => [`  ${step}`, action, reason]);
  return `${name}: ${kernels.map((kernel) => `Linux ${kernel}`).join(', ')}\n${table(rows)}`;
}
