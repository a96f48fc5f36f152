import { resolve } from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { channelOf } from '../../../release/channel/channel.ts';
import { channelRegistry } from '../../../release/channel/ends.ts';
import { closePlan } from '../../../release/jobs/close.ts';
import { loadPlan } from '../../../release/jobs/folder.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { showRun } from '../../render/run.ts';
import { tellJob } from '../../render/run-job.ts';

interface ReportOptions extends ProjectOptions {
  planned: string;
}

export async function report(options: ReportOptions): Promise<void> {
  const context = contextOf(options);
  const { cwd, env, now, signal, stdout, style } = context;
  const { streams, file } = await loadConfig(cwd, options.config);
  const plan = await loadPlan(resolve(cwd, options.planned));
  const channel = channelOf(plan.channel);
  const records = await closePlan({
    plan,
    streams,
    now,
    registryOf: (stream) => {
      const registry = openRegistry(stream.publish.registry, { env, cwd, signal });
      return channelRegistry(stream, channel, { registry, project: cwd, env });
    },
  });
  if (options.json)
    printJson(context, {
      run: plan.run,
      streams: records.map((record) => ({ name: record.stream, ...record })),
    });
  else for (const record of records) stdout.write(`${showRun(record, style)}\n`);
  await tellJob(records, context, file);
  if (records.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1;
}
