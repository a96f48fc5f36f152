import type { Subject } from './cases/case.ts';
import { readTree, TREE_MODULES } from './cases/tree.ts';
import { buildFamily } from './family/build.ts';
import { MEMBERS } from './family/members.ts';
import type { Kernel } from './kernels/kernel.ts';

/** Builds the family for a kernel and reads what is needed of the kernel's own modules. */
export async function prepare(kernel: Kernel): Promise<Subject> {
  const family = await buildFamily(kernel);
  const tree = await readTree(kernel.modulesDir, TREE_MODULES);
  const names = MEMBERS.flatMap(({ afterTree = [] }) => afterTree);
  const needed = [...(await readTree(kernel.modulesDir, names))];
  return {
    kernel,
    family,
    tree,
    needed: new Map(needed.map(([name, { module, before }]) => [name, [...before, module]])),
  };
}
