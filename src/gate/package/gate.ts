import type { FileTree } from '../../archive/tree.ts';
import type { Finding } from '../../system/finding.ts';
import { installedPackages } from '../contents/installed.ts';

/** The gate `package`: the packages of the modules are installed. */
export async function packageGate(tree: FileTree, packages: readonly string[]): Promise<Finding[]> {
  const installed = await installedPackages(tree);
  return packages
    .filter((name) => !installed.has(name))
    .map((name) => ({
      rule: 'package-missing',
      severity: 'error' as const,
      message: `package ${name} is not installed`,
    }));
}
