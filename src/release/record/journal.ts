import { LockstepError } from '../../system/error.ts';
import type { EventSink } from '../../system/event.ts';
import type { Finding } from '../../system/finding.ts';
import type { RunRecord } from './run-record.ts';

type Step = RunRecord['steps'][number];

/** What a step that ended well says. */
export interface StepEnd<T> {
  value: T;
  message: string;
  state?: 'done' | 'reused' | 'skipped';
}

/** Thrown by a step whose answer is no, with all that it found. */
export class StepFailure extends Error {
  readonly step: string;
  readonly findings: readonly Finding[];

  constructor(step: string, cause: unknown, findings: readonly Finding[]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.step = step;
    this.findings = findings;
  }
}

/** Keeps the steps of a run for its record and tells them as they happen. */
export interface Journal {
  readonly steps: readonly Step[];
  /** Runs one step; what it throws becomes a `StepFailure`. */
  do<T>(step: string, work: () => Promise<StepEnd<T>>): Promise<T>;
  /** Notes a step that needs no work. */
  pass(step: string, state: 'reused' | 'skipped', message: string): void;
}

export function startJournal(stream: string, emit: EventSink): Journal {
  const steps: Step[] = [];
  const note = (step: string, state: Step['state'], rest: { message: string; since: number }) => {
    const seconds = Math.round(performance.now() - rest.since) / 1000;
    steps.push({ step, state, message: rest.message, seconds });
    emit({ type: 'step', stream, step, state, message: rest.message });
  };
  return {
    steps,
    async do(step, work) {
      const since = performance.now();
      emit({ type: 'step', stream, step, state: 'started' });
      try {
        const { value, message, state = 'done' } = await work();
        note(step, state, { message, since });
        return value;
      } catch (error) {
        note(step, 'failed', { message: (error as Error).message, since });
        throw new StepFailure(step, error, findingsOf(error));
      }
    },
    pass(step, state, message) {
      note(step, state, { message, since: performance.now() });
    },
  };
}

/** An error that carries the findings of a gate. */
export class GateFailure extends LockstepError {
  readonly findings: readonly Finding[];

  constructor(gate: string, findings: readonly Finding[]) {
    const errors = findings.filter(({ severity }) => severity === 'error');
    const more = errors.length > 10 ? [`  and ${errors.length - 10} more`] : [];
    const lines = [`gate ${gate} says no`, ...errors.slice(0, 10).map(lineOf), ...more];
    const hint = errors.find((finding) => finding.hint)?.hint;
    super('gate-failed', lines.join('\n'), { hint, context: { gate } });
    this.findings = findings;
  }
}

function findingsOf(error: unknown): readonly Finding[] {
  return error instanceof GateFailure ? error.findings : [];
}

function lineOf({ rule, message, where, expected, found }: Finding): string {
  const place = [where?.file, where?.symbol].filter(Boolean).join(' ');
  const compared = expected == null ? '' : ` (expected ${expected}, found ${found ?? 'nothing'})`;
  return `  ${rule}: ${place ? `${place}: ` : ''}${message}${compared}`;
}
