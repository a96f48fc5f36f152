import { openDirectoryTree } from '../../archive/directory-tree.ts';
import type { FileTree } from '../../archive/tree.ts';
import type { Certificate } from '../../kernel/certificate.ts';
import type { Finding } from '../../system/finding.ts';
import { checkModules, type ModuleReport } from './check-modules.ts';
import { type DescribeOptions, describeKernel } from './describe-kernel.ts';
import { type InspectedModule, inspectModule, type ModuleInput } from './inspect.ts';
import type { Kernel } from './kernel.ts';
import { findKernels, isOwn, type KernelFiles, kernelAt } from './kernel-files.ts';
import { withModuleExports } from './kernel-symbols.ts';

export interface VerifyOptions extends DescribeOptions {
  /** Trusted beside the keys built into the kernel. */
  certificates?: readonly Certificate[];
}

/** What was found out about the modules of one kernel. */
export interface KernelReport {
  kernel: string;
  verdict: 'pass' | 'fail';
  modules: ModuleReport[];
  /** About the tree as a whole. */
  findings: Finding[];
}

export interface FilesToVerify {
  modules: readonly ModuleInput[];
  /** Loaded before. */
  with?: readonly ModuleInput[];
}

/** Checks module files for the kernel whose modules stand in `folder` of a tree. */
export async function verifyFiles(
  tree: FileTree,
  folder: string,
  files: FilesToVerify,
  options: VerifyOptions = {},
): Promise<KernelReport> {
  const kernelFiles = await kernelAt(tree, folder);
  const described = await describeKernel(tree, kernelFiles, options);
  const inspect = (input: ModuleInput) => inspectModule(input, described, options);
  const modules = files.modules.map(inspect);
  const loaded = (files.with ?? []).map(inspect);
  const kernel = await withModuleExports(tree, kernelFiles, described, [...loaded, ...modules]);
  return reportOf(kernel.release, checkModules(modules, kernel, loaded), []);
}

/** Checks every module of the kernel whose modules stand in `folder` of a tree. */
export async function verifyFolder(
  tree: FileTree,
  folder: string,
  options: VerifyOptions = {},
): Promise<KernelReport> {
  return verifyKernel(tree, await kernelAt(tree, folder), options);
}

/** Checks every module of every kernel in a tree. */
export async function verifyTree(
  tree: FileTree,
  options: VerifyOptions = {},
): Promise<KernelReport[]> {
  const reports: KernelReport[] = [];
  for (const files of await findKernels(tree))
    reports.push(await verifyKernel(tree, files, options));
  return reports;
}

async function verifyKernel(
  tree: FileTree,
  files: KernelFiles,
  options: VerifyOptions,
): Promise<KernelReport> {
  const described = await describeKernel(tree, files, options);
  const inspected: InspectedModule[] = [];
  const paths = new Set(files.modules.map(({ path }) => path));
  for await (const { path, content } of tree.readMany(paths)) {
    const quick = isOwn(files, path);
    inspected.push(inspectModule({ file: path, content }, described, { ...options, quick }));
  }
  const kernel = addExports(described, inspected, files);
  return reportOf(files.release, checkModules(inspected, kernel), []);
}

function addExports(
  kernel: Kernel,
  inspected: readonly InspectedModule[],
  files: KernelFiles,
): Kernel {
  const symbols = new Map(kernel.symbols);
  for (const { file, module } of inspected) {
    if (!module || !isOwn(files, file)) continue;
    for (const exported of module.exports) {
      if (!symbols.has(exported.name)) symbols.set(exported.name, exported);
    }
  }
  return { ...kernel, symbols };
}

function reportOf(kernel: string, modules: ModuleReport[], findings: Finding[]): KernelReport {
  const clean = findings.every(({ severity }) => severity !== 'error');
  const passes = clean && modules.every(({ verdict }) => verdict === 'pass');
  return { kernel, verdict: passes ? 'pass' : 'fail', modules, findings };
}

/** The tree and the folder in it for a `/usr/lib/modules/RELEASE` directory of this machine. */
export function treeOfModulesDir(path: string): { tree: FileTree; folder: string } {
  const match = /^(.*?)\/((?:usr\/)?lib\/modules\/[^/]+)\/*$/.exec(path);
  if (match?.[2]) return { tree: openDirectoryTree(match[1] || '/'), folder: match[2] };
  const trimmed = path.replace(/\/+$/, '');
  const cut = trimmed.lastIndexOf('/');
  return { tree: openDirectoryTree(trimmed.slice(0, cut) || '/'), folder: trimmed.slice(cut + 1) };
}
