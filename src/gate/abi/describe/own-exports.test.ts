import { describe, expect, it } from 'vitest';
import { aTree } from '../../../file/testing/tree-builder.ts';
import type { FileTree } from '../../../file/tree.ts';
import { aKernelModule } from '../../../kernel/testing/module-builder.ts';
import { kernelAt } from '../kernel/files.ts';
import { aKernel } from '../testing/kernel-builder.ts';
import { OwnExports } from './own-exports.ts';

const FOLDER = 'usr/lib/modules/6.12.1-test';
const [ONE, TWO] = [`${FOLDER}/kernel/one.ko`, `${FOLDER}/kernel/two.ko`];
const needsOne = { file: 'new.ko', unpacked: aKernelModule({ imports: { one: 1 } }) };

/** Two modules with one export each, in a tree that tells what is read of it. */
async function open({ isFolder }: { isFolder: boolean }) {
  const tree = aTree({
    [ONE]: aKernelModule({ name: 'one', exports: [{ name: 'one', crc: 1 }] }),
    [TWO]: aKernelModule({ name: 'two', exports: [{ name: 'two', crc: 2 }] }),
    [`${FOLDER}/modules.symbols`]: '# Aliases\nalias symbol:one one\nalias symbol:two two\n',
  });
  const reads: string[] = [];
  const counted: FileTree = {
    ...tree,
    ...(isFolder ? { locate: async (path) => `/root/${path}` } : {}),
    readMany: (paths) => {
      reads.push(...paths);
      return tree.readMany(paths);
    },
  };
  const own = new OwnExports(counted, await kernelAt(counted, FOLDER), aKernel());
  return { own, reads };
}

describe('OwnExports', () => {
  it('names the modules that export symbols', async () => {
    const { own } = await open({ isFolder: true });

    expect([...(await own.named(new Set(['two', 'three'])))]).toEqual([TWO]);
  });

  it('reads ahead what a module needs, and reads each module once', async () => {
    const { own, reads } = await open({ isFolder: true });
    await own.readAheadFor({ ...needsOne, content: needsOne.unpacked });
    await own.readAheadFor({ ...needsOne, content: needsOne.unpacked });
    expect(reads).toEqual([ONE]);

    const exports = await own.of(new Set([TWO, ONE]));

    expect(exports.map(({ name, crc }) => [name, crc])).toEqual([
      ['two', 2],
      ['one', 1],
    ]);
    expect(reads).toEqual([ONE, TWO]);
  });

  it('reads nothing ahead of a tree that is no folder of this machine', async () => {
    const { own, reads } = await open({ isFolder: false });
    await own.readAheadFor({ ...needsOne, content: needsOne.unpacked });
    expect(reads).toEqual([]);

    expect(await own.of(new Set([ONE]))).toMatchObject([{ name: 'one', owner: 'one' }]);
  });

  it('takes what cannot be read as a module for one that needs nothing', async () => {
    const { own, reads } = await open({ isFolder: true });
    const unpacked = Buffer.from('no module');
    await own.readAheadFor({ file: 'new.ko', content: unpacked, unpacked });

    expect(reads).toEqual([]);
  });
});
