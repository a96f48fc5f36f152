import type { FileTree } from '../../file/tree.ts';
import type { Finding } from '../../system/finding.ts';
import { asTreeFinding } from './check-modules.ts';
import { type KernelReport, type VerifyOptions, verifyFolder, verifyTree } from './verify.ts';

export interface AbiOptions extends VerifyOptions {
  /** Modules that must be there for every kernel, and of which everything is told. */
  modules?: readonly string[];
  /** A build of OpenZFS for a kernel that it does not support is let pass. */
  allowExperimental?: boolean;
}

/**
 * The gate `abi`: every module of every kernel of an image loads there, and nothing about it is
 * unsafe. What is merely worth knowing is told of modules from outside of the kernel only.
 */
export async function abiGate(tree: FileTree, options: AbiOptions = {}): Promise<Finding[]> {
  const reports = await verifyTree(tree, options);
  if (reports.length > 0) return reports.flatMap((report) => findingsOf(report, options));
  const message = 'there is no kernel: no folder below /usr/lib/modules';
  return [{ rule: 'no-kernel', severity: 'error', message }];
}

/** The same for one kernel, whose modules stand in `folder` of a tree, with the firmware that they name. */
export async function abiGateOfFolder(
  tree: FileTree,
  folder: string,
  options: AbiOptions = {},
): Promise<{ findings: Finding[]; firmware: string[] }> {
  const report = await verifyFolder(tree, folder, options);
  return { findings: findingsOf(report, options), firmware: report.firmware };
}

function findingsOf(report: KernelReport, options: AbiOptions): Finding[] {
  const own = `/${report.kernel}/kernel/`;
  const names = (options.modules ?? []).map((name) => name.replaceAll('-', '_'));
  const absent = names.filter((name) => report.modules.every((module) => module.name !== name));
  const ofModules = report.modules.flatMap((module) =>
    module.findings
      .filter(({ severity }) => severity === 'error' || !module.file.includes(own))
      .filter(({ rule }) => rule !== 'experimental' || !options.allowExperimental)
      .map((finding) => asTreeFinding(module, finding)),
  );
  return [...absent.map((name) => missing(name, report.kernel)), ...report.findings, ...ofModules];
}

function missing(name: string, kernel: string): Finding {
  return {
    rule: 'module-missing',
    severity: 'error',
    message: `there is no module ${name} for kernel ${kernel}`,
    expected: name,
    found: 'none',
  };
}
