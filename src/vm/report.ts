import { z } from 'zod';

/** One step of a scenario, as the guest told it. */
export interface GuestStep {
  name: string;
  /** `started`: it began and its end was never told. */
  status: 'started' | 'pass' | 'fail' | 'skip';
  message: string;
  /** Milliseconds that it took, by the guest's clock. */
  duration: number;
}

/** What the verdict channel said. */
export interface GuestReport {
  /** `uname -r` in the guest. */
  kernel: string | undefined;
  steps: GuestStep[];
  /** Exit status of the scenario and the kernel's taint flags; undefined when never told. */
  end: { status: number; taint: number } | undefined;
  /** Lines that are not what the guest may say there, at most 10. */
  malformed: string[];
}

const Begin = z.strictObject({
  event: z.literal('begin'),
  format: z.literal(1),
  kernel: z.string().min(1),
});

const Step = z.strictObject({
  event: z.literal('step'),
  step: z.string().min(1),
  status: z.enum(['started', 'pass', 'fail', 'skip']),
  message: z.string(),
  uptime: z.number(),
});

const End = z.strictObject({
  event: z.literal('end'),
  status: z.int().min(0),
  taint: z.int().min(0),
});

const Line = z.discriminatedUnion('event', [Begin, Step, End]);
type Line = z.infer<typeof Line>;

/**
 * Reads the lines of the verdict channel. What is out of order counts as malformed: a second
 * beginning, a step that ends without having begun, anything after the end.
 */
export function readReport(lines: readonly string[]): GuestReport {
  const report: GuestReport = { kernel: undefined, steps: [], end: undefined, malformed: [] };
  const started = new Map<GuestStep, number>();
  for (const text of lines) {
    const line = parseLine(text);
    const accepted = line && !report.end && accept(report, line, started);
    if (!accepted && report.malformed.length < 10) report.malformed.push(text.slice(0, 300));
  }
  return report;
}

function accept(report: GuestReport, line: Line, started: Map<GuestStep, number>): boolean {
  if (line.event === 'begin') {
    if (report.kernel !== undefined) return false;
    report.kernel = line.kernel;
    return true;
  }
  if (report.kernel === undefined) return false;
  if (line.event === 'end') {
    report.end = { status: line.status, taint: line.taint };
    return true;
  }
  return acceptStep(report, line, started);
}

function acceptStep(
  report: GuestReport,
  line: Extract<Line, { event: 'step' }>,
  started: Map<GuestStep, number>,
): boolean {
  const { step: name, status, message } = line;
  const last = report.steps.at(-1);
  const isOpen = last?.status === 'started';
  const isNew = status === 'started' || (status === 'skip' && !isOpen);
  if (isNew) {
    if (isOpen) return false;
    const step: GuestStep = { name, status, message, duration: 0 };
    started.set(step, line.uptime);
    report.steps.push(step);
    return true;
  }
  if (!isOpen || last.name !== name) return false;
  last.duration = Math.round((line.uptime - (started.get(last) ?? line.uptime)) * 1000);
  last.status = status;
  last.message = message;
  return true;
}

function parseLine(text: string): Line | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
