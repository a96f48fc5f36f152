import { loadConfig } from '../../../config/load.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { channelOf } from '../../../release/channel/channel.ts';
import { planStream } from '../../../release/run/stream.ts';
import { lookAhead } from '../../../release/survey/survey.ts';
import { type Finding, passes } from '../../../system/finding.ts';
import type { ChannelOptions } from '../../options/channel.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { findingLines } from '../../render/finding.ts';
import type { Style } from '../../text/style.ts';
import { table } from '../../text/table.ts';

interface PlanOptions extends ProjectOptions, ChannelOptions {
  promote: boolean;
  force?: true;
}

export async function plan(options: PlanOptions): Promise<void> {
  const context = contextOf(options);
  const channel = channelOf(options);
  const { streams } = await loadConfig(context.cwd, options.config);
  const planned: Planned[] = [];
  for (const stream of streams) {
    const registry = openRegistry(stream.publish.registry, context);
    const { force, promote } = options;
    const look = { ...context, channel, registry, project: context.cwd };
    const ahead = await lookAhead(stream, { ...look, packages: false });
    const request = { force, promote };
    planned.push({ ...(await planStream(stream, { ...look, request })), ahead });
  }
  if (options.json) printJson(context, { streams: planned });
  else for (const plan of planned) context.stdout.write(`${show(plan, context.style)}\n`);
  const stopped = planned.some(({ steps }) => steps.some(({ action }) => action === 'stop'));
  if (stopped) process.exitCode = 1;
  else if (!planned.every(({ ahead }) => passes(ahead))) process.exitCode = 2;
}

type Planned = Awaited<ReturnType<typeof planStream>> & { ahead: Finding[] };

function show({ name, kernels, steps, ahead }: Planned, style: Style): string {
  const rows = steps.map(({ step, action, reason }) => [`  ${step}`, action, reason]);
  const head = `${name}: ${kernels.map((kernel) => `Linux ${kernel}`).join(', ')}`;
  return [head, table(rows, style), ...ahead.flatMap(findingLines)].join('\n');
}
