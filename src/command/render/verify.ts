import { styleText } from 'node:util';
import type { ModuleReport } from '../../gate/abi/check-modules.ts';
import type { ModuleFinding } from '../../gate/abi/rule.ts';
import type { KernelReport } from '../../gate/abi/verify.ts';
import type { Finding } from '../../system/finding.ts';

/** The JSON document of `verify`. */
export function verifyDocument(reports: readonly KernelReport[]) {
  const passes = reports.every(({ verdict }) => verdict === 'pass');
  const verdict: KernelReport['verdict'] = passes ? 'pass' : 'fail';
  return { verdict, kernels: reports.map(documentOf) };
}

function documentOf(report: KernelReport) {
  const { kernel, verdict, findings } = report;
  const modules = report.modules.map((module) => ({
    file: module.file,
    name: module.name,
    loads: module.loads,
    verdict: module.verdict,
    findings: module.findings.map(plain),
  }));
  return { kernel, verdict, modules, findings: findings.map(plain) };
}

function plain({ rule, severity, message, expected, found, hint }: Finding | ModuleFinding) {
  return { rule, severity, message, expected, found, hint };
}

/** What `verify` says to a person: what is wrong, and a line for each kernel. */
export function verifyText(reports: readonly KernelReport[]): string {
  return reports.map(kernelText).join('\n');
}

function kernelText(report: KernelReport): string {
  const lines = [
    ...report.findings.flatMap(findingLines),
    ...report.modules.flatMap(moduleLines),
    summary(report),
  ];
  return `${lines.join('\n')}\n`;
}

function moduleLines(module: ModuleReport): string[] {
  if (module.findings.length === 0) return [];
  const loads = module.loads ? 'loads' : 'does not load';
  const head = `${mark(module.verdict)} ${module.file}: ${module.name} ${loads}`;
  return [head, ...module.findings.flatMap(findingLines)];
}

function findingLines(finding: Finding): string[] {
  const { rule, severity, message, expected, found, hint, where } = finding;
  const style = severity === 'error' ? 'red' : 'yellow';
  const place = where?.file && !message.includes(where.file) ? `${where.file}: ` : '';
  return [
    `  ${styleText(style, severity)} ${rule}: ${place}${message}`,
    ...(expected && !message.includes(expected) ? [`    expected ${expected}`] : []),
    ...(found && !message.includes(found) ? [`    found    ${found}`] : []),
    ...(hint ? [`    ${styleText('cyan', hint)}`] : []),
  ];
}

function summary({ kernel, modules, verdict }: KernelReport): string {
  const failed = modules.filter((module) => module.verdict === 'fail').length;
  const refused = modules.filter(({ loads }) => !loads).length;
  const counts = `${modules.length} modules, ${failed} fail, ${refused} of them will not load`;
  return `${mark(verdict)} kernel ${kernel}: ${counts}`;
}

function mark(verdict: 'pass' | 'fail'): string {
  return verdict === 'pass' ? styleText('green', 'pass') : styleText('red', 'FAIL');
}
