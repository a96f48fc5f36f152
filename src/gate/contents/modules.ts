import { decompressBytes } from '../../file/compression/compression.ts';
import type { FileTree } from '../../file/tree.ts';
import { readElf } from '../../kernel/elf/elf.ts';
import { readModulesDep } from '../../kernel/index/module-lists.ts';
import { modinfoValue, readModule } from '../../kernel/module/module.ts';
import { releaseOfVermagic } from '../../kernel/module/vermagic.ts';
import { readSignatureTrailer } from '../../kernel/signature/signature.ts';
import { releaseOfLink } from '../../oci/evidence/installed.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import { indexPath, type KernelFiles } from '../abi/kernel/files.ts';
import { MODULE_LIMIT } from '../abi/module/unpack.ts';
import { copiesFinding, judgeCopies, type ModuleCopies } from '../abi/tree/copies.ts';
import { sameUpstream } from './version.ts';

/** A module that kernels must have. */
export interface ExpectedModule {
  name: string;
  /** The kernel that must have it (default: every kernel). */
  kernel?: string;
  /** Where the source tells one. */
  version?: string;
  /**
   * The version is its packager's word, which the module need not repeat: another one is a warning
   * (default: an error).
   */
  packaged?: boolean;
  /**
   * It comes beside the module that its source is called after, and may be of a version of its own:
   * another one is only noted, and it need not state any.
   */
  beside?: boolean;
}

/** What is wrong with the expected modules of one kernel. */
export async function moduleFindings(
  tree: FileTree,
  kernel: KernelFiles,
  modules: readonly ExpectedModule[],
): Promise<Finding[]> {
  const dep = await depPaths(tree, kernel);
  const all = judgeCopies(kernel, dep);
  const findings: Finding[] = [];
  for (const expected of modules) {
    if ((expected.kernel ?? kernel.release) !== kernel.release) continue;
    const copies = all.get(expected.name.replaceAll('-', '_'));
    if (!copies) findings.push(absent(kernel, expected.name));
    else findings.push(...(await copyFindings(tree, kernel, { copies, expected, dep })));
  }
  return findings;
}

function absent(kernel: KernelFiles, name: string): Finding {
  return error('module-missing', `module ${name} is not there for kernel ${kernel.release}`, {
    where: { file: kernel.folder },
    expected: `${name}.ko below ${kernel.folder}`,
    found: 'none',
    hint: 'install the package of the module for exactly this kernel',
  });
}

function unindexed(kernel: KernelFiles, path: string): Finding {
  return error('module-not-indexed', `${path} is not in modules.dep, so modprobe finds it not`, {
    where: { file: path },
    hint: `run depmod ${kernel.release} in the image after the module is installed`,
  });
}

interface Judged {
  copies: ModuleCopies;
  expected: ExpectedModule;
  dep: ReadonlySet<string> | undefined;
}

/** What is wrong with the file of a module that modprobe takes; the others are never loaded. */
async function copyFindings(
  tree: FileTree,
  kernel: KernelFiles,
  { copies, expected, dep }: Judged,
): Promise<Finding[]> {
  const { winner } = copies;
  const doubtful = copiesFinding(kernel, copies);
  if (doubtful?.severity === 'error') return [doubtful];
  const facts = await factsOf(tree, winner);
  const where = { file: winner };
  if (!facts) return [error('module-unreadable', `${winner} is not a kernel module`, { where })];
  const unlike = versionFinding(facts.version, expected);
  return [
    ...releaseFindings(kernel, winner, facts.release),
    ...(unlike ? [{ ...unlike, where, message: `${winner} ${unlike.message}` }] : []),
    ...(dep?.has(indexPath(kernel, winner)) ? [] : [unindexed(kernel, winner)]),
  ];
}

/**
 * A module must be built for its kernel. A link into the folder of another one (`weak-updates`)
 * says that it was not: whether the kernel takes it is for the gate `abi`.
 */
function releaseFindings(
  kernel: KernelFiles,
  path: string,
  release: string | undefined,
): Finding[] {
  const entry = kernel.modules.find((module) => module.path === path);
  const linked = entry && releaseOfLink(entry);
  if (release === kernel.release || (linked != null && linked !== kernel.release)) return [];
  return [
    error('module-for-other-kernel', `${path} was built for another kernel`, {
      where: { file: path },
      expected: kernel.release,
      found: release ?? 'no vermagic',
    }),
  ];
}

/** What is wrong with the version that a module states of itself. */
function versionFinding(
  found: string | undefined,
  { name, version, packaged, beside }: ExpectedModule,
): Finding | undefined {
  if (version == null || (found != null && sameUpstream(found, version))) return undefined;
  if (found == null && beside) return undefined;
  const isWarning = found == null || packaged;
  const said = `is of version ${found ?? '(none)'}`;
  return {
    rule: 'module-version',
    severity: beside ? 'info' : isWarning ? 'warning' : 'error',
    message: packaged ? `${said}, the packaging of ${name} says ${version}` : said,
    expected: version,
    found: found ?? 'none',
  };
}

async function factsOf(
  tree: FileTree,
  path: string,
): Promise<{ release: string | undefined; version: string | undefined } | undefined> {
  try {
    const bytes = decompressBytes(await tree.read(path), MODULE_LIMIT);
    const module = readModule(readElf(readSignatureTrailer(bytes).content));
    const vermagic = modinfoValue(module, 'vermagic');
    return {
      release: vermagic && releaseOfVermagic(vermagic),
      version: modinfoValue(module, 'version'),
    };
  } catch (problem) {
    if (problem instanceof LockstepError && problem.kind === 'remote') return undefined;
    throw problem;
  }
}

async function depPaths(
  tree: FileTree,
  kernel: KernelFiles,
): Promise<ReadonlySet<string> | undefined> {
  if (!kernel.others.has('modules.dep')) return undefined;
  const content = await tree.read(`${kernel.folder}/modules.dep`);
  return new Set(readModulesDep(Buffer.from(content).toString('utf8')).keys());
}

/** A finding that fails the gate. */
export function error(rule: string, message: string, details: Partial<Finding> = {}): Finding {
  return { rule, severity: 'error', message, ...details };
}
