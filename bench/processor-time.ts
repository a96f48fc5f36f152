import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A call of a program that ended well. */
export interface TimedCall {
  stdout: string;
  /** Of the processor, in user space and in the system, with all programs that were started. */
  seconds: number;
  /** Seconds by the clock. */
  elapsed: number;
}

/** Runs a program and tells what it took of the processor. Throws when it does not end with 0. */
export async function runTimed(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<TimedCall> {
  // The last line that `times` of a shell prints is of what it has started (POSIX, times).
  const script = '"$@" || exit; times >&2';
  const started = performance.now();
  const { stdout, stderr } = await promisify(execFile)(
    'bash',
    ['-c', script, 'bash', program, ...args],
    { maxBuffer: 1 << 28, ...options },
  );
  const elapsed = (performance.now() - started) / 1000;
  const last = stderr.trim().split('\n').at(-1) ?? '';
  const times = [...last.matchAll(/(\d+)m([\d.]+)s/g)];
  const seconds = times.map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest));
  return { stdout, elapsed, seconds: seconds.reduce((sum, one) => sum + one, 0) };
}
