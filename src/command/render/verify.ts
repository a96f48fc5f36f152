import type { ModuleReport } from '../../gate/abi/check-modules.ts';
import type { KernelReport } from '../../gate/abi/verify.ts';
import type { Finding } from '../../system/finding.ts';
import { paint, type Style } from '../text/style.ts';

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

/** A finding of a module has more, which the module itself tells. */
function plain({ rule, severity, message, where, expected, found, hint }: Finding): Finding {
  return { rule, severity, message, where, expected, found, hint };
}

/**
 * What `verify` says to a person: what is wrong or to be looked at, and a line for each kernel;
 * when verbose also what is as expected.
 */
export function verifyText(
  reports: readonly KernelReport[],
  options: { style: Style; verbose?: boolean },
): string {
  return reports.map((report) => kernelText(report, options)).join('\n');
}

function kernelText(
  report: KernelReport,
  { style, verbose }: { style: Style; verbose?: boolean },
): string {
  const linesOf = (finding: Finding) => findingLines(finding, style);
  const isShown = ({ severity }: Finding) => verbose || severity !== 'info';
  const lines = [
    ...report.findings.filter(isShown).flatMap(linesOf),
    ...report.modules.flatMap((module) => {
      const lines = module.findings.filter(isShown).flatMap(linesOf);
      return lines.length > 0 ? [moduleLine(module, style), ...lines] : [];
    }),
    summary(report, style),
  ];
  return `${lines.join('\n')}\n`;
}

function moduleLine(module: ModuleReport, style: Style): string {
  const loads = module.loads ? 'loads' : 'does not load';
  return `${mark(module.verdict, style)} ${module.file}: ${module.name} ${loads}`;
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

function findingLines(finding: Finding, style: Style): string[] {
  const { rule, severity, message, expected, found, hint, where } = finding;
  const place = where?.file && !message.includes(where.file) ? `${where.file}: ` : '';
  return [
    `  ${paint(style, STYLES[severity], severity)} ${rule}: ${place}${message}`,
    ...(expected && !message.includes(expected) ? [`    expected ${expected}`] : []),
    ...(found && !message.includes(found) ? [`    found    ${found}`] : []),
    ...(hint ? [`    ${paint(style, 'cyan', hint)}`] : []),
  ];
}

function summary({ kernel, modules, verdict }: KernelReport, style: Style): string {
  const failed = modules.filter((module) => module.verdict === 'fail').length;
  const refused = modules.filter(({ loads }) => !loads).length;
  const counts = `${modules.length} modules, ${failed} fail, ${refused} of them will not load`;
  return `${mark(verdict, style)} kernel ${kernel}: ${counts}`;
}

function mark(verdict: 'pass' | 'fail', style: Style): string {
  return verdict === 'pass' ? paint(style, 'green', 'pass') : paint(style, 'red', 'FAIL');
}
