import type { BootGateResult } from '../../gate/boot/gate.ts';
import { type Finding, passes } from '../../system/finding.ts';
import type { GuestStep } from '../../vm/report.ts';
import { printable } from './listing.ts';

/** The JSON document of `smoke`; `console` is where the console is kept, if it is. */
export function smokeDocument(result: BootGateResult, console?: string) {
  const { kernel, scenario, accelerator, reason, steps } = result;
  const verdict: 'pass' | 'fail' = passes(result.findings) ? 'pass' : 'fail';
  const findings = result.findings.map(({ hint: _hint, ...finding }) => finding);
  return { verdict, kernel, scenario, accelerator, reason, steps, findings, console };
}

/** What `smoke` prints for people. */
export function smokeText(result: BootGateResult, console?: string): string {
  const { kernel, scenario, accelerator, reason, findings } = result;
  const passed = passes(findings);
  return [
    `kernel ${printable(kernel)}, scenario ${scenario}, under ${accelerator} (${reason})`,
    ...result.steps.map(stepLine),
    ...findings.flatMap(findingText),
    ...(console ? [`console: ${console}`] : []),
    ...(passed || console ? [] : ['--keep DIR keeps the whole console']),
    `${passed ? 'pass' : 'fail'}\n`,
  ].join('\n');
}

function stepLine({ name, status, duration, message }: GuestStep): string {
  const took = status === 'pass' ? `${(duration / 1000).toFixed(1)} s  ` : '';
  const said = `${took}${printable(message)}`;
  return `  ${status.padEnd(7)} ${printable(name)}  ${said}`.trimEnd();
}

function findingText({ severity, rule, message, found }: Finding): string[] {
  const lines = (found ?? '').split('\n').filter(Boolean);
  const said = lines.map((line) => `    ${printable(line)}`);
  return [`${severity}: ${printable(message)} [${rule}]`, ...said];
}
