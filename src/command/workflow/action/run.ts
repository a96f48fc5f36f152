import { loadConfig } from '../../../config/load.ts';
import { openEngine } from '../../../workflow/engine/open.ts';
import { runsOf } from '../../../workflow/runs/api.ts';
import { type FailedJob, failedJobs } from '../../../workflow/runs/failed.ts';
import { workflowFile } from '../../../workflow/runs/file.ts';
import { checkInputs, parseInputs } from '../../../workflow/runs/inputs.ts';
import { runLocally } from '../../../workflow/runs/local.ts';
import type { Run, Start } from '../../../workflow/runs/run.ts';
import { startRun, untilDone } from '../../../workflow/runs/start.ts';
import type { Context } from '../../context/context.ts';
import { contextOf, note, type ProjectOptions, printJson } from '../../options/project.ts';
import { runLine, runLines } from '../render/runs.ts';

interface RunOptions extends ProjectOptions {
  ref?: string;
  input: string[];
  wait?: true;
  local?: true;
}

/** A run that was started. */
interface StartedRun {
  run: Run;
  /** What failed in it, when it was waited for. */
  failed: FailedJob[];
}

export async function run(name: string | undefined, options: RunOptions): Promise<void> {
  const context = contextOf(options);
  const { ci } = await loadConfig(context.cwd, options.config);
  const file = await workflowFile(context.cwd, ci.engine, name);
  const inputs = parseInputs(options.input);
  checkInputs(ci.engine, file, inputs);
  const start = { file: file.path, ref: options.ref ?? ci.branch, inputs };
  if (options.local) return runHere(context, ci.engine, { start, json: options.json });
  const api = runsOf(await openEngine(ci.engine, context.cwd, context));
  const watch = { signal: context.signal };
  const started = await startRun(api, start, watch);
  note(context, runLine(started));
  const onChange = (now: Run) => note(context, `${now.state}: ${now.page}`);
  const done = options.wait ? await untilDone(api, started, { ...watch, onChange }) : started;
  const isBad = done.state === 'done' && done.result !== 'success';
  const failed = isBad ? await failedJobs(api, done, await api.jobs(done)) : [];
  const answer: StartedRun = { run: done, failed };
  if (options.json) printJson(context, answer);
  else context.stdout.write(`${runLines({ ...done, failed }).join('\n')}\n`);
  if (isBad) process.exitCode = 1;
}

async function runHere(
  context: Context,
  engine: Parameters<typeof runLocally>[0],
  { start, json }: { start: Start; json?: true },
): Promise<void> {
  const out = json ? context.stderr : context.stdout;
  const onLine = (line: string, from: 'stdout' | 'stderr') =>
    void (from === 'stdout' ? out : context.stderr).write(`${line}\n`);
  const status = await runLocally(engine, context.cwd, start, { ...context, onLine });
  if (json) printJson(context, { local: { file: start.file, status } });
  if (status !== 0) process.exitCode = 1;
}
