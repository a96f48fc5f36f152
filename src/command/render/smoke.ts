import type { BootGateResult } from '../../gate/boot/gate.ts';
import { type Finding, passes } from '../../system/finding.ts';
import type { GuestStep } from '../../vm/report.ts';
import { printable } from './listing.ts';

/** The JSON document of `smoke`; it names the console when that is kept. */
export function smokeDocument(result: BootGateResult, kept: boolean): object {
  const { kernel, scenario, accelerator, reason, console, steps, findings } = result;
  const verdict = passes(findings) ? 'pass' : 'fail';
  return {
    verdict,
    kernel,
    scenario,
    accelerator,
    reason,
    steps,
    findings,
    ...(kept ? { console } : {}),
  };
}

/** What `smoke` prints for people. */
export function smokeText(result: BootGateResult, kept: boolean): string {
  const { kernel, scenario, accelerator, reason, findings, console } = result;
  return [
    `kernel ${printable(kernel)}, scenario ${scenario}, under ${accelerator} (${reason})`,
    ...result.steps.map(stepLine),
    ...findings.flatMap(findingText),
    ...(kept ? [`console: ${console}`] : []),
    `${passes(findings) ? 'pass' : 'fail'}\n`,
  ].join('\n');
}

function stepLine({ name, status, duration, message }: GuestStep): string {
  const took = status === 'pass' ? `${(duration / 1000).toFixed(1)} s` : printable(message);
  return `  ${status.padEnd(7)} ${printable(name)}  ${took}`.trimEnd();
}

function findingText({ severity, rule, message, found }: Finding): string[] {
  const lines = (found ?? '').split('\n').filter(Boolean);
  const said = lines.map((line) => `    ${printable(line)}`);
  return [`${severity}: ${printable(message)} [${rule}]`, ...said];
}
