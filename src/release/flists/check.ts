import type { FileTree } from '../../file/tree.ts';
import { abiGateOfFolder } from '../../gate/abi/gate.ts';
import { findKernels, type KernelFiles } from '../../gate/abi/kernel/files.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import { absentFirmware, type FirmwareFolder, firmwareOfModules } from './firmware.ts';
import { type BuildFiles, releaseFindings } from './kernel-release.ts';

/** The one kernel of a tree, or the one that is named. Throws `not-found`, and `usage` for several. */
export async function kernelIn(tree: FileTree, release?: string): Promise<KernelFiles> {
  const kernels = await findKernels(tree);
  const fitting = kernels.filter((files) => release == null || files.release === release);
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  const there = kernels.map((files) => files.release).join(', ');
  if (fitting.length > 1)
    throw new LockstepError('usage', `${tree.name} holds modules of ${there}`, {
      hint: 'name one: --kernel RELEASE',
    });
  throw new LockstepError(
    'not-found',
    `${tree.name} holds no modules${release ? ` of Linux ${release}` : ''}`,
    {
      hint:
        there === '' ? 'there must be a folder lib/modules/RELEASE' : `it holds those of ${there}`,
    },
  );
}

/**
 * All that speaks against handing out the modules of a kernel: another release than the build
 * makes, indexes that are absent or do not cover them, modules that the kernel refuses. What of
 * firmware is absent is counted. `abi`: what the gate has said of the same files already. Modules
 * are read once.
 */
export async function checkModules(
  tree: FileTree,
  files: KernelFiles,
  {
    build = {},
    firmware,
    abi,
    signal,
  }: {
    build?: BuildFiles;
    firmware?: FirmwareFolder;
    abi?: readonly Finding[];
    signal?: AbortSignal;
  },
): Promise<Finding[]> {
  const asked = { threads: 1, ...(signal && { signal }) };
  const judged = abi
    ? { findings: abi, firmware: await firmwareOfModules(tree, files) }
    : await abiGateOfFolder(tree, files.folder, asked);
  return [
    ...releaseFindings(files.release, build),
    ...judged.findings,
    ...(await absentFirmware(judged.firmware, { release: files.release, folder: firmware })),
  ];
}
