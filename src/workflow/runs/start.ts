import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError } from '../../system/error.ts';
import type { Run, RunsApi, Start } from './run.ts';

export interface WatchOptions {
  signal?: AbortSignal;
  /** Milliseconds between two looks (default 10 s). */
  pause?: number;
  /** How often is looked for a run whose number the engine did not tell (default 12). */
  attempts?: number;
}

const PAUSE = 10_000;
const ATTEMPTS = 12;

/**
 * Starts a run and finds it. Where the engine does not tell which run it became, the first one of
 * this file and ref that was not there before is it. Throws `timeout` when none appears.
 */
export async function startRun(
  api: RunsApi,
  start: Start,
  { signal, pause = PAUSE, attempts = ATTEMPTS }: WatchOptions = {},
): Promise<Run> {
  const { file, ref } = start;
  const before = (await api.runs(1, { file, ref }))[0]?.id ?? 0;
  const started = await api.start(start);
  if (started) return api.run(started.id);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const [newest] = await api.runs(1, { file, ref });
    if (newest && newest.id > before) return newest;
    await sleep(pause, undefined, { signal });
  }
  throw new LockstepError('timeout', `${file} was started, but no run of it appeared`, {
    hint: 'lockstep workflow status tells when it comes',
  });
}

/** Waits until a run is done; `onChange` hears of each state. */
export async function untilDone(
  api: RunsApi,
  run: Run,
  { signal, pause = PAUSE, onChange }: WatchOptions & { onChange?: (run: Run) => void } = {},
): Promise<Run> {
  let now = run;
  onChange?.(now);
  while (now.state !== 'done') {
    await sleep(pause, undefined, { signal });
    const next = await api.run(now.id);
    if (next.state !== now.state) onChange?.(next);
    now = next;
  }
  return now;
}
