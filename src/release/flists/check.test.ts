import { describe, expect, it } from 'vitest';
import { aTree } from '../../file/testing/tree-builder.ts';
import type { FileTree } from '../../file/tree.ts';
import { aKernelModule } from '../../kernel/testing/module-builder.ts';
import { checkModules, kernelIn } from './check.ts';

const FOLDER = 'usr/lib/modules/6.12.1-test';

/** A tree that tells how often a module of it was read. */
function countingTree(): { tree: FileTree; reads: Map<string, number> } {
  const names = { a: ['one.bin', 'two.bin'], b: ['two.bin', 'three/*.bin'] };
  const modules = Object.entries(names).map(([name, firmware]) => [
    `${FOLDER}/kernel/${name}.ko`,
    aKernelModule({ name, modinfo: { firmware } }),
  ]);
  const inner = aTree({
    ...Object.fromEntries(modules),
    'usr/lib/firmware/one.bin.xz': '',
    'usr/lib/firmware/three/b.bin': '',
  });
  const reads = new Map<string, number>();
  const tree: FileTree = {
    name: inner.name,
    list: (prefix) => inner.list(prefix),
    read: (path) => inner.read(path),
    async *readMany(paths) {
      for await (const file of inner.readMany(paths)) {
        if (file.path.endsWith('.ko')) reads.set(file.path, (reads.get(file.path) ?? 0) + 1);
        yield file;
      }
    },
  };
  return { tree, reads };
}

describe(checkModules, () => {
  it.each([{ abi: [] }, {}])(
    'counts absent firmware, and reads each module once: %j',
    async (known) => {
      const { tree, reads } = countingTree();
      const firmware = { tree, path: 'usr/lib/firmware' };

      const findings = await checkModules(tree, await kernelIn(tree), { firmware, ...known });

      expect([...reads.values()]).toEqual([1, 1]);
      const [told] = findings.filter(({ rule }) => rule === 'firmware');
      expect(told?.message).toBe(
        '1 of 3 firmware files that modules name are not there (the first: two.bin)',
      );
    },
  );
});
