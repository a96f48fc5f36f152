import { resolve } from 'node:path';
import { type LoadedConfig, loadConfig } from '../../../config/load.ts';
import type { Stream } from '../../../config/schema.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import type { Registry } from '../../../oci/repository.ts';
import type { Channel } from '../../../release/channel/channel.ts';
import { channelRegistry } from '../../../release/channel/ends.ts';
import { closePlan } from '../../../release/jobs/close.ts';
import { plannedChannel } from '../../../release/jobs/document.ts';
import { loadPlan } from '../../../release/jobs/folder.ts';
import { lookBack } from '../../../release/jobs/look-back.ts';
import type { StreamStatus } from '../../../release/status/status.ts';
import { openService } from '../../../workflow/tracker/service.ts';
import { secondsOf, tend } from '../../../workflow/tracker/tend.ts';
import type { Context } from '../../context/context.ts';
import { contextOf, note, type ProjectOptions, printJson } from '../../options/project.ts';
import { showRun } from '../../render/run.ts';
import { tellJob } from '../../render/run-job.ts';

interface ReportOptions extends ProjectOptions {
  planned: string;
}

export async function report(options: ReportOptions): Promise<void> {
  const context = contextOf(options);
  const { cwd, now, stdout, style } = context;
  const config = await loadConfig(cwd, options.config);
  const plan = await loadPlan(resolve(cwd, options.planned));
  const registryOf = registriesOf(context, plannedChannel(plan));
  const work = { plan, streams: config.streams, now, registryOf };
  const records = await closePlan(work);
  const statuses = await lookBack(work);
  const { done: issues, notes } = await tendTo(statuses, config, context);
  for (const said of notes) note(context, said);
  if (options.json)
    printJson(context, {
      run: plan.run,
      streams: records.map((record) => ({ name: record.stream, ...record })),
      looked: statuses.map(({ stream }) => stream),
      issues: issues.map(({ action, issue }) => ({ action, title: issue.title })),
      notes,
    });
  else for (const record of records) stdout.write(`${showRun(record, style)}\n`);
  await tellJob(records, context, config);
  if (records.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1;
}

/** One registry for all streams that publish to it. */
function registriesOf(
  { cwd, env, signal }: Context,
  channel: Channel,
): (stream: Stream) => Registry {
  const open = new Map<string, Registry>();
  return (stream) => {
    const place = stream.publish.registry;
    const registry = open.get(place) ?? openRegistry(place, { env, cwd, signal });
    open.set(place, registry);
    return channelRegistry(stream, channel, { registry, project: cwd, env });
  };
}

/** Issues and the schedule, where the job was given a token for them. */
async function tendTo(
  statuses: readonly StreamStatus[],
  { ci }: LoadedConfig,
  { cwd, env, now, signal }: Context,
): Promise<Awaited<ReturnType<typeof tend>>> {
  const service = await openService(ci.engine, cwd, { env, now, signal });
  if (!service) return { done: [], notes: [] };
  return tend(service, { statuses, after: secondsOf(ci.issue), keepAlive: ci.keep_alive });
}
