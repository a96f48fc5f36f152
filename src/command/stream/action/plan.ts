import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../../config/load.ts';
import { streamsNamed } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { channelOf } from '../../../release/channel/channel.ts';
import { planStreams } from '../../../release/jobs/plan.ts';
import { replaysOf } from '../../../release/lock/replay.ts';
import type { PlannedStep } from '../../../release/plan/step.ts';
import { runId } from '../../../release/record/run-name.ts';
import type { PlannedStream } from '../../../release/run/look.ts';
import { lookAhead } from '../../../release/survey/survey.ts';
import { type Finding, passes } from '../../../system/finding.ts';
import type { Context } from '../../context/context.ts';
import { contextOf, printJson } from '../../options/project.ts';
import { placedLines } from '../../render/finding.ts';
import { located } from '../../text/place.ts';
import { table } from '../../text/table.ts';
import type { PlanOptions } from './plan-options.ts';

export async function plan(options: PlanOptions): Promise<void> {
  const context = contextOf(options);
  const channel = channelOf(options);
  const config = await loadConfig(context.cwd, options.config);
  const asked = await replaysOf(streamsNamed(config.streams, options.stream), context.cwd, {});
  const { force, promote, kernel: kernels } = options;
  const look = { ...context, channel, project: context.cwd };
  const run = runId(context.now(), randomBytes(2).toString('hex'));
  const request = { force, promote, ...(kernels && { kernels }) };
  const planned: Planned[] = [];
  for (const one of await planStreams(asked, { ...look, run, request })) {
    const registry = openRegistry(one.stream.publish.registry, context);
    const ahead = await lookAhead(one.stream, { ...look, registry, packages: false });
    planned.push(shownOf(one, located(ahead, { config, stream: one.stream })));
  }
  if (options.json) printJson(context, { streams: planned });
  else for (const plan of planned) context.stdout.write(`${show(plan, context)}\n`);
  const stopped = planned.some(({ steps }) => steps.some(({ action }) => action === 'stop'));
  if (stopped) process.exitCode = 1;
  else if (!planned.every(({ ahead }) => passes(ahead))) process.exitCode = 2;
}

interface Planned {
  name: string;
  kernels: string[];
  steps: PlannedStep[];
  ahead: Finding[];
}

/** What was planned of a stream; throws what went wrong. */
function shownOf({ stream: { name }, planned, error }: PlannedStream, ahead: Finding[]): Planned {
  if (!planned) throw error;
  const { resolved, steps } = planned;
  return { name, kernels: resolved.inputs.base.kernels, steps, ahead };
}

function show({ name, kernels, steps, ahead }: Planned, { style, cwd }: Context): string {
  const rows = steps.map(({ step, action, reason }) => [`  ${step}`, action, reason]);
  const head = `${name}: ${kernels.map((kernel) => `Linux ${kernel}`).join(', ')}`;
  return [head, table(rows, style), ...placedLines(ahead, cwd)].join('\n');
}
