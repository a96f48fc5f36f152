import { styleText } from 'node:util';
import type { ModuleReport } from '../../gate/abi/check-modules.ts';
import type { ModuleFinding } from '../../gate/abi/module/rule.ts';
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

/**
 * What `verify` says to a person: what is wrong or to be looked at, and a line for each kernel;
 * when verbose also what is as expected.
 */
export function verifyText(
  reports: readonly KernelReport[],
  { verbose = false }: { verbose?: boolean } = {},
): string {
  return reports.map((report) => kernelText(report, verbose)).join('\n');
}

function kernelText(report: KernelReport, verbose: boolean): string {
  const isShown = ({ severity }: Finding) => verbose || severity !== 'info';
  const lines = [
    ...report.findings.filter(isShown).flatMap(findingLines),
    ...report.modules.flatMap((module) => moduleLines(module, module.findings.filter(isShown))),
    summary(report),
  ];
  return `${lines.join('\n')}\n`;
}

function moduleLines(module: ModuleReport, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const loads = module.loads ? 'loads' : 'does not load';
  const head = `${mark(module.verdict)} ${module.file}: ${module.name} ${loads}`;
  return [head, ...findings.flatMap(findingLines)];
}

/** What is wrong or to be looked at, each with the file of its module. */
export function notableFindings(reports: readonly KernelReport[]): Finding[] {
  const all = reports.flatMap(({ findings, modules }) => [
    ...findings,
    ...modules.flatMap(({ file, findings }) =>
      findings.map((finding) => ({ ...finding, where: { file, ...finding.where } })),
    ),
  ]);
  return all.filter(({ severity }) => severity !== 'info');
}

const STYLES = { error: 'red', warning: 'yellow', info: 'dim' } as const;

function findingLines(finding: Finding): string[] {
  const { rule, severity, message, expected, found, hint, where } = finding;
  const place = where?.file && !message.includes(where.file) ? `${where.file}: ` : '';
  return [
    `  ${styleText(STYLES[severity], severity)} ${rule}: ${place}${message}`,
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
