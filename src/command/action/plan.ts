import { loadConfig } from '../../config/load.ts';
import { openRegistry } from '../../oci/open.ts';
import { channelOf } from '../../release/channel.ts';
import { planStream } from '../../release/stream-run.ts';
import type { ChannelOptions } from '../channel-options.ts';
import { contextOf, type ProjectOptions, printJson } from '../options.ts';
import { table } from '../render/table.ts';

interface PlanOptions extends ProjectOptions, ChannelOptions {
  promote: boolean;
  force?: true;
}

export async function plan(options: PlanOptions): Promise<void> {
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
}

function show({ name, kernels, steps }: Awaited<ReturnType<typeof planStream>>): string {
  const rows = steps.map(({ step, action, reason }) => [`  ${step}`, action, reason]);
  return `${name}: ${kernels.map((kernel) => `Linux ${kernel}`).join(', ')}\n${table(rows)}`;
}
