import { openDirectoryTree } from '../../file/directory-tree.ts';
import type { FileTree } from '../../file/tree.ts';
import type { KernelExport } from '../../kernel/module/exports.ts';
import type { Certificate } from '../../kernel/signature/certificate.ts';
import type { Finding } from '../../system/finding.ts';
import { untilAborted } from '../../system/until-aborted.ts';
import { judge, type ModuleReport } from './check-modules.ts';
import { startCrew } from './crew/crew.ts';
import type { FileToInspect } from './crew/inspector.ts';
import { type DescribeOptions, describeKernel, readBasics } from './describe/kernel.ts';
import { findModuleFolders, type KernelFiles, kernelAt, ownModules } from './kernel/files.ts';
import type { Kernel } from './kernel/kernel.ts';
import { checkModule } from './module/check-module.ts';
import { type InspectedModule, inspectModule } from './module/inspect.ts';
import { providersOf } from './module/providers.ts';
import { checkTree, indexesOf, leftoverFinding } from './tree/tree-rules.ts';

export interface VerifyOptions extends DescribeOptions {
  /** Trusted beside the keys built into the kernel. */
  certificates?: readonly Certificate[];
  /**
   * Threads that read modules (default: one for each processor, at most eight). With one they are
   * read after the kernel and not at the same time, which takes least memory.
   */
  threads?: number;
  /** Ends the work; its reason is thrown. */
  signal?: AbortSignal;
}

/** What was found out about the modules of one kernel. */
export interface KernelReport {
  kernel: string;
  verdict: 'pass' | 'fail';
  modules: ModuleReport[];
  /** About the tree as a whole. */
  findings: Finding[];
  /** Firmware that its modules name, perhaps with wildcards, each once. */
  firmware: string[];
}

/** Checks every module of the kernel whose modules stand in `folder` of a tree. */
export async function verifyFolder(
  tree: FileTree,
  folder: string,
  options: VerifyOptions = {},
): Promise<KernelReport> {
  return verifyKernel(tree, await kernelAt(tree, folder), options);
}

/** Checks every module of every kernel in a tree, and tells of modules without a kernel. */
export async function verifyTree(
  tree: FileTree,
  options: VerifyOptions = {},
): Promise<KernelReport[]> {
  const reports: KernelReport[] = [];
  const { kernels, leftovers } = await findModuleFolders(tree);
  for (const files of kernels) reports.push(await verifyKernel(tree, files, options));
  return [
    ...reports,
    ...leftovers.map((files) => reportOf(files.release, [], [leftoverFinding(files)])),
  ];
}

/** From this many modules on it is worth it to start threads. */
const MANY = 48;

async function verifyKernel(
  tree: FileTree,
  files: KernelFiles,
  options: VerifyOptions,
): Promise<KernelReport> {
  const own = new Set(ownModules(files).map(({ path }) => path));
  const foreign = new Set(files.modules.map(({ path }) => path).filter((path) => !own.has(path)));
  const threads = own.size >= MANY ? options.threads : 1;
  await using crew = startCrew(threads);
  const basics = await readBasics(tree, files, options);
  const { signal } = options;
  const read = () =>
    untilAborted(crew.read(crewFiles(tree, own, signal), basics.reader, { quick: true }), signal);
  const ahead = threads === 1 ? undefined : read();
  // Whoever fails first is told; it must not be this one without a listener.
  ahead?.catch(() => {});
  const described = await describeKernel(tree, files, options, { basics });
  const others: InspectedModule[] = [];
  for await (const { path, content } of tree.readMany(foreign)) {
    signal?.throwIfAborted();
    others.push(inspectModule({ file: path, content }, described, options));
  }
  const indexes = await indexesOf(tree, files);
  const kernel = withExports(described, await (ahead ?? read()));
  const available = providersOf(others);
  const around = { loaded: providersOf([]), available };
  const checks = [
    ...(await untilAborted(crew.check(kernel, others), signal)),
    ...others.map((module) => checkModule(module, kernel, around)),
  ].sort((a, b) => (a.file < b.file ? -1 : 1));
  const findings = await checkTree(tree, files, { checks, others, indexes });
  const firmware = [...new Set(checks.flatMap((check) => check.firmware))];
  return { ...reportOf(files.release, judge(checks, kernel), findings), firmware };
}

/** Files of this machine are read by the threads themselves. */
async function* crewFiles(
  tree: FileTree,
  paths: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<FileToInspect> {
  if (!tree.locate) {
    for await (const { path, content } of tree.readMany(paths)) {
      signal?.throwIfAborted();
      yield { file: path, content };
    }
    return;
  }
  for (const path of paths) {
    signal?.throwIfAborted();
    const place = await tree.locate(path);
    if (place) yield { file: path, place };
  }
}

function withExports(kernel: Kernel, exports: readonly KernelExport[]): Kernel {
  const symbols = new Map(kernel.symbols);
  for (const exported of exports)
    if (!symbols.has(exported.name)) symbols.set(exported.name, exported);
  return { ...kernel, symbols };
}

/** What was found out, with the verdict that follows. */
export function reportOf(
  kernel: string,
  modules: ModuleReport[],
  findings: Finding[],
): KernelReport {
  const clean = findings.every(({ severity }) => severity !== 'error');
  const passes = clean && modules.every(({ verdict }) => verdict === 'pass');
  return { kernel, verdict: passes ? 'pass' : 'fail', modules, findings, firmware: [] };
}

/** The tree and the folder in it for a `/usr/lib/modules/RELEASE` directory of this machine. */
export function treeOfModulesDir(path: string): { tree: FileTree; folder: string } {
  const match = /^(.*?)\/((?:usr\/)?lib\/modules\/[^/]+)\/*$/.exec(path);
  if (match?.[2]) return { tree: openDirectoryTree(match[1] || '/'), folder: match[2] };
  const trimmed = path.replace(/\/+$/, '');
  const cut = trimmed.lastIndexOf('/');
  return { tree: openDirectoryTree(trimmed.slice(0, cut) || '/'), folder: trimmed.slice(cut + 1) };
}
