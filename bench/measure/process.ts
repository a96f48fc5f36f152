import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** One run of a whole process. */
export interface ProcessRun {
  status: number | null;
  seconds: number;
  /** Most bytes of memory that it held at any time. */
  peak: number;
  stdout: string;
}

export interface ProcessOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Called when it runs. */
  onStart?: (pid: number) => void;
}

/** Runs a program and measures it from outside; children are not counted in its memory. */
export async function measureProcess(
  program: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessRun> {
  const start = performance.now();
  const { cwd, env } = options;
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
  if (child.pid !== undefined) options.onStart?.(child.pid);
  let stdout = '';
  let peak = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  const watch = setInterval(() => {
    peak = Math.max(peak, memoryOf(child.pid));
  }, 20);
  const [status] = (await once(child, 'close')) as [number | null];
  clearInterval(watch);
  return { status, seconds: (performance.now() - start) / 1000, peak, stdout };
}

/** proc(5): VmHWM is the peak of the resident set, in kB. */
export function memoryOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Runs two things in turn, A B A B …, and gives the median of the ratios A/B. */
export async function medianRatio(
  rounds: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) ratios.push((await a()) / (await b()));
  return median(ratios);
}

/** The middle one of some values; the upper of two. */
export function median(values: readonly number[]): number {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)] ?? Number.NaN;
}
