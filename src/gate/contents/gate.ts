import type { FileTree } from '../../file/tree.ts';
import { installedPackages } from '../../stream/image/installed-packages.ts';
import type { Finding } from '../../system/finding.ts';
import { findModuleFolders, type KernelFiles } from '../abi/kernel/files.ts';
import { type ExpectedModule, error, moduleFindings } from './modules.ts';
import { sameUpstream } from './version.ts';

/** What an image must hold. */
export interface ContentsExpectation {
  /** Kernel releases: exactly these, no more and no fewer. */
  kernels: readonly string[];
  /** Modules that the kernels must have. */
  modules: readonly ExpectedModule[];
  /** Packages of user space that belong to the modules. */
  userland?: readonly { package: string; version: string }[];
}

/**
 * The gate `contents`: the image holds exactly the expected kernels; each has the modules, built
 * for it, of the right version and known to modprobe; user space and modules are of one version.
 */
export async function contentsGate(
  tree: FileTree,
  expectation: ContentsExpectation,
): Promise<Finding[]> {
  const { kernels, leftovers } = await findModuleFolders(tree);
  const findings = kernelFindings(kernels, expectation.kernels);
  findings.push(...leftovers.map(leftover));
  for (const kernel of kernels) {
    if (!expectation.kernels.includes(kernel.release)) continue;
    findings.push(...(await moduleFindings(tree, kernel, expectation.modules)));
  }
  findings.push(...(await userlandFindings(tree, expectation)));
  return findings;
}

function kernelFindings(found: readonly KernelFiles[], expected: readonly string[]): Finding[] {
  const releases = found.map(({ release }) => release);
  const missing = expected.filter((release) => !releases.includes(release));
  const stray = found.filter(({ release }) => !expected.includes(release));
  return [
    ...missing.map((release) =>
      error('kernel-missing', `kernel ${release} is not in the image`, {
        expected: expected.join(', '),
        found: releases.join(', ') || 'none',
      }),
    ),
    ...stray.map(({ release, folder }) =>
      error('stray-kernel', `${folder} is of a kernel that was not asked for`, {
        where: { file: folder },
        expected: expected.join(', '),
        found: release,
        hint: 'remove the other kernel from the image; hosts may boot it',
      }),
    ),
  ];
}

/** Modules of a kernel that is not there: no host boots it, and nothing loads them. */
function leftover({ folder, release }: KernelFiles): Finding {
  return error('stray-kernel', `${folder} holds modules of a kernel that is not in the image`, {
    where: { file: folder },
    found: release,
    hint: 'remove the folder that is left over',
  });
}

async function userlandFindings(
  tree: FileTree,
  expectation: ContentsExpectation,
): Promise<Finding[]> {
  const wanted = expectation.userland ?? [];
  if (wanted.length === 0) return [];
  const installed = await installedPackages(tree);
  return wanted.flatMap(({ package: name, version }) => {
    const found = installed.get(name);
    if (found != null && sameUpstream(found, version)) return [];
    return error('userland-version', `package ${name} is ${found ?? 'not installed'}`, {
      expected: version,
      found: found ?? 'none',
      hint: 'install user space and modules of one version: newer pools may not import otherwise',
    });
  });
}
