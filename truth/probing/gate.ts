import { openDirectoryTree } from '../../src/file/directory-tree.ts';
import { readBasics } from '../../src/gate/abi/describe/kernel.ts';
import { indexPath, kernelAt } from '../../src/gate/abi/kernel/files.ts';
import { inspectModule } from '../../src/gate/abi/module/inspect.ts';
import { checkProbing } from '../../src/gate/abi/probing/probing.ts';
import { judgeCopies } from '../../src/gate/abi/tree/copies.ts';
import { readModulesDep } from '../../src/kernel/index/module-lists.ts';
import { LockstepError } from '../../src/system/error.ts';

/** What the gate says of a module in a root. */
export interface Foretold {
  /** The file that counts, as `modules.dep` names it; undefined when the gate calls it chance. */
  file: string | undefined;
  /** `modprobe NAME` loads it, as a person or a unit would call it. */
  byName: boolean;
  /** `modprobe -b NAME` loads it, which goes by blacklists as udev and modules-load.d do. */
  byDevice: boolean;
  /** The kernel does not know one of its options. */
  unknownOption: boolean;
}

/** Asks the gate before the guest is asked. */
export async function foretell(root: string, release: string, module: string): Promise<Foretold> {
  const tree = openDirectoryTree(root);
  const files = await kernelAt(tree, `usr/lib/modules/${release}`);
  const copies = judgeCopies(files).get(module);
  if (!copies) throw new LockstepError('bug', `the case has no module ${module}`);
  const { reader } = await readBasics(tree, files);
  const content = await tree.read(copies.winner);
  const inspected = inspectModule({ file: copies.winner, content }, reader);
  const text = await tree.read(`${files.folder}/modules.dep`);
  const dep = readModulesDep(Buffer.from(text).toString('utf8'));
  const findings = await checkProbing(tree, files, { modules: [inspected], dep });
  const listed = findings.filter(({ rule }) => rule === 'modprobe-blacklist');
  const byKernel = listed.some(({ message }) => message.startsWith('module_blacklist='));
  const byName =
    !byKernel && findings.every((one) => one.severity !== 'error' || listed.includes(one));
  return {
    file: copies.isCertain ? indexPath(files, copies.winner) : undefined,
    byName,
    byDevice: byName && listed.length === 0,
    unknownOption: findings.some(
      ({ rule, severity }) => rule === 'modprobe-options' && severity === 'warning',
    ),
  };
}
