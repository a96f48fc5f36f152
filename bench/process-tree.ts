import { readdirSync, readFileSync } from 'node:fs';

/** How often processes are looked at: milliseconds. */
const INTERVAL = 50;

/** Counts the time in which a process has a descendant that does a certain thing. */
export class DescendantClock {
  /** Seconds so far. */
  seconds = 0;
  readonly #timer: NodeJS.Timeout;
  #last = performance.now();

  /** `line` is the names of the processes from `root` down to one of them. */
  constructor(root: number, matches: (line: readonly string[]) => boolean) {
    this.#timer = setInterval(() => {
      const now = performance.now();
      if (linesBelow(root).some(matches)) this.seconds += (now - this.#last) / 1000;
      this.#last = now;
    }, INTERVAL);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

interface Known {
  name: string;
  parent: number;
}

function linesBelow(root: number): string[][] {
  const known = new Map<number, Known>();
  for (const pid of readdirSync('/proc')) {
    const found = /^\d+$/.test(pid) ? lookAt(pid) : undefined;
    if (found) known.set(Number(pid), found);
  }
  return [...known.keys()].flatMap((pid) => {
    const line = lineOf(pid, root, known);
    return line ? [line] : [];
  });
}

function lineOf(pid: number, root: number, known: ReadonlyMap<number, Known>) {
  const names: string[] = [];
  for (let at = pid; at !== root; ) {
    const one = known.get(at);
    if (!one) return undefined;
    names.unshift(one.name);
    at = one.parent;
  }
  return names;
}

/** proc(5): PID (NAME) STATE PPID … */
function lookAt(pid: string): Known | undefined {
  try {
    const [, name = '', parent] =
      /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { name, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
