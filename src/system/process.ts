import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { LockstepError } from './error.ts';

export interface RunOptions {
  cwd?: string;
  /** The whole environment of the program; the caller's own when not given. */
  env?: NodeJS.ProcessEnv;
  /** Fed to standard input, which is empty when not given. */
  stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Ends the program and everything it started. */
  signal?: AbortSignal;
  /** Milliseconds after which the program is ended and `timeout` thrown; 0 or undefined: never. */
  timeout?: number;
  /** Called with each line of standard output and standard error as it comes. */
  onLine?: (line: string, from: 'stdout' | 'stderr') => void;
  /** How many characters of each stream are kept, the last ones (default 1 Mi). */
  keep?: number;
}

export interface RunResult {
  /** Exit status; 128 + n after signal n. */
  status: number;
  stdout: string;
  stderr: string;
}

/**
 * A shell around each program: when lockstep goes away, however that happens, the pipe on
 * descriptor 3 closes and the whole process group is killed, so nothing is left behind.
 */
const GUARD = '{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 & exec "$@" 3<&-';

/** A program in a process group of its own that cannot outlive lockstep. */
export interface Guarded {
  child: ChildProcess;
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** What the program writes to its descriptors 4 and up: both ends are sockets. */
  channels: Readable[];
  /** Resolves with the exit status when the program is gone; what it left running is killed. */
  exited: Promise<number>;
  /** Kills the program and everything it started. */
  kill(): void;
}

/** Starts a program under guard; throws `program-missing` only through `exited`. */
export function startGuarded(
  program: string,
  args: readonly string[],
  options: Pick<RunOptions, 'cwd' | 'env'> & {
    /** How many descriptors beyond the usual ones the program gets (default none). */
    channels?: number;
  } = {},
): Guarded {
  // Loaded when a program is started: most short commands start none.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', program, ...args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: Array.from({ length: 4 + (options.channels ?? 0) }, () => 'pipe'),
  });
  const lifeline = child.stdio[3] as Writable;
  lifeline.on('error', () => {});
  const channels = child.stdio.slice(4) as Readable[];
  const { stdin, stdout, stderr } = child;
  stdin.on('error', () => {});
  const kill = () => lifeline.destroy();
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      kill();
      resolve(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15));
    });
  });
  exited.catch(() => {});
  return { child, stdin, stdout, stderr, channels, exited, kill };
}

/** Runs a program to its end. Any exit status is returned; only a missing end is an error. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const guarded = startGuarded(program, args, options);
  const ended = endEarly(guarded, program, options);
  const keep = options.keep ?? 1 << 20;
  const outputs = Promise.all([
    collect(guarded.stdout, keep, (line) => options.onLine?.(line, 'stdout')),
    collect(guarded.stderr, keep, (line) => options.onLine?.(line, 'stderr')),
  ]);
  feed(guarded.stdin, options.stdin).catch(ended.because);
  try {
    const status = await guarded.exited;
    const [stdout, stderr] = await outputs;
    ended.check();
    return { status, stdout, stderr };
  } finally {
    ended.stop();
    guarded.kill();
  }
}

/** Runs a program that must exit with 0; throws `program-failed` with the end of what it said. */
export async function runOk(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const result = await run(program, args, options);
  if (result.status === 0) return result;
  throw new LockstepError(
    'program-failed',
    `${program} exited with ${result.status}: ${lastLines(result.stderr || result.stdout, 8)}`,
    { context: { program, status: result.status } },
  );
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

function endEarly(guarded: Guarded, program: string, options: RunOptions) {
  let reason: (() => unknown) | undefined;
  const end = (why: () => unknown) => () => {
    reason ??= why;
    guarded.kill();
  };
  const onAbort = end(() => options.signal?.reason);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const late = new LockstepError('timeout', `${program} did not end within ${options.timeout} ms`);
  const timer = options.timeout
    ? setTimeout(
        end(() => late),
        options.timeout,
      )
    : undefined;
  return {
    /** The program's input could not be made: the program is ended and this is thrown. */
    because: (error: unknown) => end(() => error)(),
    check: () => {
      if (reason) throw reason();
    },
    stop: () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    },
  };
}

async function feed(stdin: Writable, content: RunOptions['stdin']): Promise<void> {
  if (content == null || typeof content === 'string' || content instanceof Uint8Array) {
    stdin.end(content);
    return;
  }
  for await (const chunk of content) {
    if (stdin.destroyed) return;
    if (!stdin.write(chunk)) await new Promise<void>((go) => whenReady(stdin, go));
  }
  stdin.end();
}

function whenReady(stream: Writable, go: () => void): void {
  const done = () => {
    stream.off('drain', done);
    stream.off('close', done);
    go();
  };
  stream.on('drain', done);
  stream.on('close', done);
}

async function collect(
  stream: Readable,
  keep: number,
  onLine: (line: string) => void,
): Promise<string> {
  stream.setEncoding('utf8');
  let text = '';
  let rest = '';
  for await (const chunk of stream as AsyncIterable<string>) {
    text = (text + chunk).slice(-keep);
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(-keep);
    for (const line of lines) onLine(line);
  }
  if (rest) onLine(rest);
  return text;
}
