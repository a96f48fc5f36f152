import type { ConsoleLog } from './console-log.ts';
import type { GuestEnder } from './guest-end.ts';
import { LineSplitter } from './lines.ts';
import { type Sign, SignWatcher } from './sign.ts';

/** The kernel's console; the structured lines; what the scenario's programs print. */
export type GuestChannel = 'console' | 'verdict' | 'output';

/** What a guest said. */
export interface GuestWords {
  /** What the console told of trouble. */
  signs: Sign[];
  /** The lines of the verdict channel, at most 10,000. */
  verdict: string[];
  /** The last lines that the scenario's programs printed, at most 2,000. */
  output: string[];
  /** The last lines of the console, at most 200. */
  lastConsole: string[];
}

const MOST = { verdict: 10_000, output: 2_000, console: 200 } as const;

/** Takes in what comes on the three channels. */
export class GuestEar {
  readonly words: GuestWords;
  readonly #splitters: Record<GuestChannel, LineSplitter>;
  readonly #watcher = new SignWatcher();
  readonly #ender: GuestEnder;

  constructor(
    log: ConsoleLog,
    ender: GuestEnder,
    onLine: ((line: string, from: GuestChannel) => void) | undefined,
  ) {
    this.words = { signs: this.#watcher.signs, verdict: [], output: [], lastConsole: [] };
    this.#ender = ender;
    const splitter = (from: GuestChannel) =>
      new LineSplitter((line) => {
        this.#take(line, from);
        if (from !== 'verdict') log.add(line);
        onLine?.(line, from);
      });
    this.#splitters = {
      console: splitter('console'),
      verdict: splitter('verdict'),
      output: splitter('output'),
    };
  }

  hear(from: GuestChannel, bytes: Buffer): void {
    this.#ender.heard();
    this.#splitters[from].push(bytes);
  }

  /** The channels are at their ends. */
  end(): void {
    for (const splitter of Object.values(this.#splitters)) splitter.end();
  }

  #take(line: string, from: GuestChannel): void {
    const { verdict, output, lastConsole } = this.words;
    if (from === 'verdict' && verdict.length < MOST.verdict) verdict.push(line);
    if (from === 'output') pushLast(output, line, MOST.output);
    if (from !== 'console') return;
    pushLast(lastConsole, line, MOST.console);
    if (this.#watcher.see(line)) this.#ender.lost();
  }
}

function pushLast(lines: string[], line: string, most: number): void {
  lines.push(line);
  if (lines.length > most) lines.shift();
}
