import type { Finding } from '../../system/finding.ts';
import type { GuestResult } from '../../vm/guest.ts';
import type { GuestReport, GuestStep } from '../../vm/report.ts';
import type { Scenario } from '../../vm/scenario.ts';
import type { Sign, SignKind } from '../../vm/sign.ts';

/** What is known of a guest after its end. */
export interface BootEvidence {
  guest: GuestResult;
  report: GuestReport;
  /** The kernel release that was to boot. */
  kernel: string;
  scenario: Scenario;
}

/**
 * Everything that speaks against a guest. Only one that ended by itself, with a clean console,
 * the right kernel and every step passed has no error: the script's own word is not enough.
 */
export function judge(evidence: BootEvidence): Finding[] {
  return [
    ...evidence.guest.signs.map(ofSign),
    ...ofEnd(evidence),
    ...ofKernel(evidence),
    ...ofSteps(evidence),
    ...ofDevices(evidence),
    ...ofTaint(evidence.report),
    ...ofReport(evidence),
  ];
}

const SIGNS: Record<SignKind, { rule: string; what: string }> = {
  panic: { rule: 'boot-panic', what: 'the kernel panicked' },
  oops: { rule: 'boot-oops', what: 'the kernel hit a bug' },
  lockup: { rule: 'boot-lockup', what: 'a processor was stuck in the kernel' },
  'hung-task': { rule: 'boot-hung-task', what: 'a task was stuck in the kernel' },
  'out-of-memory': { rule: 'boot-out-of-memory', what: 'the guest ran out of memory' },
  'emergency-shell': { rule: 'boot-emergency-shell', what: 'the guest fell into a shell' },
  stall: { rule: 'boot-stall', what: 'a processor did not answer for long' },
  warning: { rule: 'boot-warning', what: 'the kernel warned' },
};

function ofSign(sign: Sign): Finding {
  const { rule, what } = SIGNS[sign.kind];
  const message = `${what}: ${sign.line.replace(/^.*?\[ *\d+\.\d+\]\S* /, '')}`;
  const found = [sign.line, ...sign.context.slice(0, 12)].join('\n');
  return { rule, severity: sign.fatal ? 'error' : 'warning', message, found };
}

function ofEnd({ guest, report, scenario }: BootEvidence): Finding[] {
  const found = whereItHangs(guest).join('\n');
  const during = report.steps.at(-1)?.status === 'started' ? report.steps.at(-1)?.name : undefined;
  const where = during ? ` during the step "${during}"` : '';
  if (guest.end === 'deadline') {
    const message = `the guest was not done within ${scenario.deadline / 1000} s${where}`;
    return [{ rule: 'boot-deadline', severity: 'error', message, found }];
  }
  if (guest.end === 'flood') {
    const message = `the guest filled the console without end${where}`;
    return [{ rule: 'boot-flood', severity: 'error', message, found }];
  }
  if (guest.end !== 'silence') return [];
  const message = `the guest said nothing for ${scenario.silence / 1000} s${where}`;
  return [{ rule: 'boot-silence', severity: 'error', message, found }];
}

/** What the kernel printed when it was asked for its stacks, else the end of the console. */
function whereItHangs({ lastConsole }: GuestResult): string[] {
  const asked = lastConsole.findIndex((line) => line.includes('sysrq: Show Blocked State'));
  return asked < 0 ? lastConsole.slice(-12) : lastConsole.slice(asked, asked + 60);
}

function ofKernel({ report, kernel }: BootEvidence): Finding[] {
  if (report.kernel === undefined || report.kernel === kernel) return [];
  return [
    {
      rule: 'boot-other-kernel',
      severity: 'error',
      message: 'another kernel than the expected one was running',
      expected: kernel,
      found: report.kernel,
    },
  ];
}

function ofSteps({ report, guest }: BootEvidence): Finding[] {
  return report.steps
    .filter((step) => step.status === 'fail')
    .map((step) => {
      const printed = printedBy(step, guest.output);
      const why = printed.find((line) => COMPLAINT.test(line)) ?? printed.at(-1) ?? step.message;
      return {
        rule: 'boot-step-failed',
        severity: 'error',
        message: `the step "${step.name}" failed: ${why}`,
        found: [step.message, ...printed, ...moduleRefusals(guest)].join('\n'),
      };
    });
}

/** Steps that passed, or were skipped, for want of a device: `load_module` says so. */
function ofDevices({ report }: BootEvidence): Finding[] {
  return report.steps
    .filter(({ status, message }) => status !== 'fail' && /\binit answered E\w+:/.test(message))
    .map(({ name, message }) => ({
      rule: 'boot-no-device',
      severity: 'info',
      message: `${name}: ${message}`,
      hint: 'a line "#lockstep device NAME" of a scenario puts a device of QEMU into the guest',
    }));
}

/** The line that most likely says why. */
const COMPLAINT = /\b(?:error|fatal|failed|cannot|could not|not found|no such|denied|invalid)\b/i;

/** What the programs of a step printed, at its end at most 15 lines. */
function printedBy(step: GuestStep, output: readonly string[]): string[] {
  const begin = output.lastIndexOf(`# step: ${step.name}`);
  const end = output.lastIndexOf(`# fail: ${step.name}`);
  return output.slice(begin + 1, end < 0 ? undefined : end).slice(-15);
}

/** Why the kernel refused a module, in its own words (kernel/module/main.c, version.c). */
const REFUSAL =
  /disagrees about version of symbol|Unknown symbol|version magic|[Ii]nvalid module format|Key was rejected|module verification failed/;

function moduleRefusals(guest: GuestResult): string[] {
  return guest.lastConsole.filter((line) => REFUSAL.test(line)).slice(-10);
}

/** Taint flags that mean trouble (Documentation/admin-guide/tainted-kernels.rst), by bit. */
const BAD_TAINTS: readonly [number, string][] = [
  [4, 'a machine check'],
  [5, 'a bad page'],
  [7, 'an Oops or BUG'],
  [14, 'a soft lockup'],
];

function ofTaint(report: GuestReport): Finding[] {
  const taint = BigInt(report.end?.taint ?? 0);
  return BAD_TAINTS.filter(([bit]) => (taint >> BigInt(bit)) & 1n).map(([bit, what]) => ({
    rule: 'boot-taint',
    severity: 'error',
    message: `the kernel remembers ${what} (taint flag ${bit})`,
    found: String(taint),
  }));
}

function ofReport({ guest, report }: BootEvidence): Finding[] {
  const error = (rule: string, message: string, found?: string): Finding => ({
    rule,
    severity: 'error',
    message,
    ...(found ? { found } : {}),
  });
  const findings: Finding[] = [];
  if (report.malformed.length > 0) {
    const lines = report.malformed.join('\n');
    findings.push(error('boot-verdict-malformed', 'the verdict cannot be read', lines));
  }
  const wasEnded = guest.end !== 'itself' || guest.signs.some((sign) => sign.fatal);
  if (!report.end && !wasEnded) {
    const lines = guest.lastConsole.slice(-12).join('\n');
    findings.push(error('boot-verdict-missing', 'the guest ended without a verdict', lines));
  }
  if (!report.end) return findings;
  const failed = report.steps.some((step) => step.status === 'fail');
  if (report.end.status !== 0 && !failed) {
    const lines = guest.output.slice(-12).join('\n');
    const message = `the scenario exited with ${report.end.status}`;
    findings.push(error('boot-scenario-failed', message, lines));
  }
  if (report.steps.at(-1)?.status === 'started') {
    findings.push(
      error('boot-step-unfinished', `the step "${report.steps.at(-1)?.name}" has no end`),
    );
  }
  if (!failed && !report.steps.some((step) => step.status === 'pass')) {
    findings.push(error('boot-nothing-proved', 'no step of the scenario passed'));
  }
  return findings;
}
