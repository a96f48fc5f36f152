import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Job, Outcome } from './jobs.ts';

/** A process that does one job after another and can be killed in the middle of any. */
export class WorkerProcess {
  #child: ChildProcess | undefined;

  /** The outcome of a job; undefined when the process was killed meanwhile. */
  async run(job: Job, killAfter?: number): Promise<Outcome | undefined> {
    this.#child ??= start();
    const child = this.#child;
    const ended = new Promise<Outcome | undefined>((resolve) => {
      child.once('message', (outcome: Outcome) => resolve(outcome));
      child.once('exit', () => resolve(undefined));
    });
    child.send(job);
    const timer =
      killAfter == null ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    const outcome = await ended;
    clearTimeout(timer);
    child.removeAllListeners('message').removeAllListeners('exit');
    if (!outcome || child.exitCode != null || child.signalCode != null) this.#child = undefined;
    return outcome;
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
  }
}

function start(): ChildProcess {
  const execArgv = ['--disable-warning=ExperimentalWarning'];
  return fork(join(import.meta.dirname, 'worker.ts'), { execArgv });
}
