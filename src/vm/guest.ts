import { once } from 'node:events';
import { LockstepError } from '../system/error.ts';
import { type Guarded, lastLines, startGuarded } from '../system/process.ts';
import { requireProgram } from '../system/program.ts';
import { ConsoleLog } from './console-log.ts';
import { LineSplitter } from './lines.ts';
import { type GuestHardware, qemuArguments } from './qemu.ts';
import { type Sign, SignWatcher } from './sign.ts';

export interface GuestOptions extends GuestHardware {
  /** File that keeps the console and what the scenario's programs print, in the order of arrival. */
  console: string;
  /** Milliseconds until the guest is ended. */
  deadline: number;
  /** Milliseconds without a word on any channel until the guest is ended. */
  silence: number;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Called with each line as it comes. */
  onLine?: (line: string, from: GuestChannel) => void;
  /** Most bytes of the console that are kept (default 32 MiB). */
  consoleLimit?: number;
}

/** The kernel's console; the structured lines; what the scenario's programs print. */
export type GuestChannel = 'console' | 'verdict' | 'output';

/** Why a guest ended: by itself, or lockstep ended it. */
export type GuestEnd = 'itself' | 'sign' | 'silence' | 'deadline';

export interface GuestResult {
  end: GuestEnd;
  /** What the console told of trouble. */
  signs: Sign[];
  /** The lines of the verdict channel, at most 10,000. */
  verdict: string[];
  /** The last lines that the scenario's programs printed, at most 2,000. */
  output: string[];
  /** The last lines of the console, at most 200. */
  lastConsole: string[];
}

/** How long a lost guest may still print what befell it. */
const LAST_WORDS = 2000;
const MOST = { verdict: 10_000, output: 2_000, console: 200 } as const;

/**
 * Runs a guest to its end, whatever that is. It cannot outlive lockstep. Throws
 * `program-missing`, and `program-failed` when QEMU itself broke.
 */
export async function runGuest(options: GuestOptions): Promise<GuestResult> {
  options.signal?.throwIfAborted();
  const qemu = requireProgram(options.machine.program, options.env);
  const log = new ConsoleLog(options.console, options.consoleLimit ?? 32 * 2 ** 20);
  const guarded = startGuarded(qemu, qemuArguments(options), { env: options.env, channels: 2 });
  guarded.stdin.end();
  const ender = new Ender(guarded, options);
  const result = { signs: [], verdict: [], output: [], lastConsole: [] };
  try {
    const { watcher, heard } = listen(guarded, { log, ender, result, options });
    const errors = collectErrors(guarded);
    const status = await guarded.exited;
    await heard;
    options.signal?.throwIfAborted();
    if (status !== 0 && !ender.end) throw broken(status, await errors);
    return { ...result, signs: watcher.signs, end: ender.end ?? 'itself' };
  } finally {
    ender.stop();
    guarded.kill();
    await log.close();
  }
}

/** Ends the guest early and remembers why. */
class Ender {
  end: Exclude<GuestEnd, 'itself'> | undefined;
  readonly #guarded: Guarded;
  readonly #options: GuestOptions;
  readonly #deadline: NodeJS.Timeout;
  readonly #silence: NodeJS.Timeout;
  #lastWords: NodeJS.Timeout | undefined;

  constructor(guarded: Guarded, options: GuestOptions) {
    this.#guarded = guarded;
    this.#options = options;
    this.#deadline = setTimeout(() => this.#kill('deadline'), options.deadline);
    this.#silence = setTimeout(() => this.#kill('silence'), options.silence);
    options.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  heard(): void {
    this.#silence.refresh();
  }

  lost(): void {
    this.#lastWords ??= setTimeout(() => this.#kill('sign'), LAST_WORDS);
  }

  stop(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#silence);
    clearTimeout(this.#lastWords);
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }

  readonly #abort = () => this.#guarded.kill();

  #kill(why: Exclude<GuestEnd, 'itself'>): void {
    this.end ??= why;
    this.#guarded.kill();
  }
}

interface Listening {
  log: ConsoleLog;
  ender: Ender;
  result: Omit<GuestResult, 'end'>;
  options: GuestOptions;
}

/** Hears all three channels; `heard` resolves when each has come to its end. */
function listen(guarded: Guarded, { log, ender, result, options }: Listening) {
  const watcher = new SignWatcher();
  const on = (from: GuestChannel, take: (line: string) => void) => (line: string) => {
    take(line);
    if (from !== 'verdict') log.add(line);
    options.onLine?.(line, from);
  };
  const onConsole = on('console', (line) => {
    pushLast(result.lastConsole, line, MOST.console);
    if (watcher.see(line)) ender.lost();
  });
  const onVerdict = on('verdict', (line) => {
    if (result.verdict.length < MOST.verdict) result.verdict.push(line);
  });
  const onOutput = on('output', (line) => pushLast(result.output, line, MOST.output));
  const [verdict, output] = guarded.channels;
  if (!verdict || !output) throw new LockstepError('bug', 'a guest was started without channels');
  const sources = [
    [guarded.stdout, onConsole],
    [verdict, onVerdict],
    [output, onOutput],
  ] as const;
  const heard = Promise.all(
    sources.map(async ([stream, onLine]) => {
      const lines = new LineSplitter(onLine);
      stream.on('data', (bytes: Buffer) => {
        ender.heard();
        lines.push(bytes);
      });
      await once(stream, 'close');
      lines.end();
    }),
  );
  heard.catch(() => {});
  return { watcher, heard };
}

async function collectErrors(guarded: Guarded): Promise<string> {
  let text = '';
  guarded.stderr.setEncoding('utf8');
  guarded.stderr.on('data', (chunk: string) => (text = (text + chunk).slice(-16_384)));
  await once(guarded.stderr, 'close').catch(() => {});
  return text;
}

function pushLast(lines: string[], line: string, most: number): void {
  lines.push(line);
  if (lines.length > most) lines.shift();
}

function broken(status: number, errors: string): LockstepError {
  const said = lastLines(errors, 6) || 'it said nothing';
  return new LockstepError('program-failed', `QEMU exited with ${status}: ${said}`, {
    context: { status },
  });
}
