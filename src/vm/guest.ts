import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { LockstepError } from '../system/error.ts';
import { type Guarded, lastLines, startGuarded } from '../system/process.ts';
import { requireProgram } from '../system/program.ts';
import { ConsoleLog } from './console-log.ts';
import { FileTail } from './file-tail.ts';
import { type GuestEnd, GuestEnder, type GuestLimits } from './guest-end.ts';
import { type GuestChannel, GuestEar, type GuestWords } from './guest-words.ts';
import { type GuestHardware, qemuArguments } from './qemu.ts';

export interface GuestOptions extends Omit<GuestHardware, 'console'>, GuestLimits {
  /** File that keeps the console and what the scenario's programs print, in the order of arrival. */
  console: string;
  env: NodeJS.ProcessEnv;
  /**
   * What the guest waits for. It is told `whole` when this is fulfilled, and its time begins then;
   * when it is rejected the guest is ended, and what it was rejected with is thrown.
   */
  awaits?: Promise<unknown>;
  /** Called with each line as it comes. */
  onLine?: (line: string, from: GuestChannel) => void;
  /** Most bytes of the console that are kept (default 32 MiB); the guest may print twice as much. */
  consoleLimit?: number;
}

export interface GuestResult extends GuestWords {
  end: GuestEnd;
}

/** How often QEMU's file is looked into when the other channels are still: milliseconds. */
const POLL = 50;

/**
 * Runs a guest to its end, whatever that is. It cannot outlive lockstep. Throws
 * `program-missing`, and `program-failed` when QEMU itself broke.
 */
export async function runGuest(options: GuestOptions): Promise<GuestResult> {
  options.signal?.throwIfAborted();
  const qemu = requireProgram(options.machine.program, options.env);
  const raw = `${options.console}.raw`;
  const log = new ConsoleLog(options.console, options.consoleLimit ?? 32 * 2 ** 20);
  const args = qemuArguments({ ...options, console: raw });
  try {
    return await listen(options, { qemu, args, raw, log });
  } finally {
    await log.close();
    await rm(raw, { force: true });
  }
}

interface Listening {
  qemu: string;
  args: string[];
  raw: string;
  log: ConsoleLog;
}

async function listen(options: GuestOptions, { qemu, args, raw, log }: Listening) {
  let guarded: Guarded | undefined;
  const control = { ask: () => tell(guarded, 'stacks'), kill: () => guarded?.kill() };
  using ender = new GuestEnder(control, options);
  const ear = new GuestEar(log, ender, options.onLine);
  const limit = 2 * (options.consoleLimit ?? 32 * 2 ** 20);
  using tail = new FileTail(raw, POLL, (bytes) => {
    ear.hear('console', bytes);
    if (tail.size > limit) ender.now('flood');
  });
  guarded = startGuarded(qemu, args, { env: options.env, channels: 2 });
  try {
    const { errors, heard } = hearChannels(guarded, ear, tail);
    begin(options, guarded, ender);
    const status = await guarded.exited;
    await heard;
    tail.poll();
    ear.end();
    ender.check();
    if (status !== 0 && !ender.end) throw broken(status, await errors);
    return { ...ear.words, end: ender.end ?? ('itself' as const) };
  } finally {
    guarded.kill();
  }
}

/** Lets the guest's time begin when it has what it waits for. */
function begin({ awaits }: GuestOptions, guarded: Guarded, ender: GuestEnder): void {
  if (!awaits) return ender.begin();
  const go = () => {
    ender.begin();
    tell(guarded, 'whole');
  };
  awaits.then(go, (error: unknown) => ender.fail(error));
}

/** Before each word on a channel the console is read, so that the order is kept. */
function hearChannels(guarded: Guarded, ear: GuestEar, tail: FileTail) {
  guarded.stdin.end();
  guarded.stdout.resume();
  const [verdict, output] = guarded.channels;
  if (!verdict || !output) throw new LockstepError('bug', 'a guest was started without channels');
  const hear = async (from: GuestChannel, stream: Readable) => {
    // A guest that dies with a question unread resets the connection: its end like any other.
    stream.on('error', () => {});
    stream.on('data', (bytes: Buffer) => {
      tail.poll();
      ear.hear(from, bytes);
    });
    await new Promise((resolve) => stream.once('close', resolve));
  };
  const heard = Promise.all([hear('verdict', verdict), hear('output', output)]);
  heard.catch(() => {});
  return { errors: collectErrors(guarded.stderr), heard };
}

/** The guest's programs listen on the verdict channel; what comes before that waits for them. */
function tell(guarded: Guarded | undefined, word: 'whole' | 'stacks'): void {
  const [verdict] = guarded?.channels ?? [];
  if (verdict instanceof Socket && verdict.writable) verdict.write(`${word}\n`);
}

async function collectErrors(stream: Readable): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => (text = (text + chunk).slice(-16_384)));
  await once(stream, 'close').catch(() => {});
  return text;
}

function broken(status: number, errors: string): LockstepError {
  const said = lastLines(errors, 6) || 'it said nothing';
  return new LockstepError('program-failed', `QEMU exited with ${status}: ${said}`, {
    context: { status },
  });
}
