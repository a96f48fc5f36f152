import type { LoadedConfig } from '../../config/load.ts';
import type { StreamRun } from '../../release/run/stream.ts';
import { exitCodeOf } from '../../system/error.ts';
import type { Context } from '../context/context.ts';
import { reportError } from '../options/report.ts';
import { worst } from '../render/exit.ts';
import { showRun } from '../render/run.ts';
import { tellJob } from '../render/run-job.ts';

/** Tells people and the job what runs came to, and sets the exit status by the worst of them. */
export async function tellRuns(
  done: readonly StreamRun[],
  context: Pick<Context, 'env' | 'stdout' | 'stderr' | 'style'> & {
    config: LoadedConfig;
    json?: boolean;
  },
): Promise<void> {
  const { stdout, style, config, json } = context;
  await tellJob(
    done.map(({ record }) => record),
    context,
    config,
  );
  if (!json) for (const { record } of done) stdout.write(`${showRun(record, style)}\n`);
  for (const { error } of done.filter((run) => run.error != null)) reportError(error, []);
  process.exitCode = worst(done.map(({ error }) => (error == null ? 0 : exitCodeOf(error))));
}
