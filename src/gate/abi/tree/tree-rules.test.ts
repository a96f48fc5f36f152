import { describe, expect, it } from 'vitest';
import { aTree } from '../../../file/testing/tree-builder.ts';
import { aKernelModule } from '../../../kernel/testing/module-builder.ts';
import { findKernels } from '../kernel/files.ts';
import { inspectModule } from '../module/inspect.ts';
import { aModuleIndex } from '../testing/index-builder.ts';
import { aKernel } from '../testing/kernel-builder.ts';
import { checkTree, indexesOf } from './tree-rules.ts';

const FOLDER = 'usr/lib/modules/6.12.1-test';
const ALIAS = 'pci:v00008086d*';
const sample = aKernelModule({ modinfo: { alias: ALIAS }, exports: [{ name: 'one', crc: 1 }] });

/** A kernel with one module of its own and one from outside, and what depmod makes of them. */
function files(): Record<string, string | Uint8Array> {
  const dep = ['kernel/own.ko:', 'updates/sample.ko: kernel/own.ko'];
  return {
    [`${FOLDER}/kernel/own.ko`]: '',
    [`${FOLDER}/updates/sample.ko`]: sample,
    [`${FOLDER}/modules.dep`]: `${dep.join('\n')}\n`,
    [`${FOLDER}/modules.dep.bin`]: aModuleIndex([
      { key: 'own', value: dep[0] ?? '' },
      { key: 'sample', value: dep[1] ?? '' },
    ]),
    [`${FOLDER}/modules.alias`]: `# Aliases\nalias ${ALIAS} sample\n`,
    [`${FOLDER}/modules.alias.bin`]: aModuleIndex([{ key: ALIAS, value: 'sample' }]),
    [`${FOLDER}/modules.symbols`]: 'alias symbol:one sample\n',
    [`${FOLDER}/modules.symbols.bin`]: aModuleIndex([{ key: 'symbol:one', value: 'sample' }]),
  };
}

async function findingsIn(content: Record<string, string | Uint8Array>) {
  const tree = aTree(content);
  const [kernel] = await findKernels(tree);
  if (!kernel) throw new Error('no kernel');
  const file = `${FOLDER}/updates/sample.ko`;
  const others = [inspectModule({ file, content: sample }, aKernel())];
  const checks = [{ file, name: 'sample', findings: [], uses: ['own'], firmware: [] }];
  return checkTree(tree, kernel, { checks, others, indexes: await indexesOf(tree, kernel) });
}

async function rulesIn(change: (content: Record<string, string | Uint8Array>) => void) {
  const content = files();
  change(content);
  return (await findingsIn(content)).map(({ rule, severity }) => `${severity} ${rule}`);
}

describe('checkTree', () => {
  it('finds nothing where depmod was run', async () => {
    expect(await findingsIn(files())).toEqual([]);
  });

  it.each(['dep', 'alias', 'symbols'])('misses modules.%s.bin', async (name) => {
    const path = `${FOLDER}/modules.${name}.bin`;

    expect(await rulesIn((content) => delete content[path])).toEqual(['error modules-index']);
    expect(await rulesIn((content) => (content[path] = 'rubbish'))).toEqual([
      'error modules-index',
    ]);
  });

  it('sees a module that depmod was not told of', async () => {
    const found = await rulesIn((content) => (content[`${FOLDER}/extra/new.ko`] = ''));

    expect(found).toEqual(['error modules-dep']);
  });

  it('sees a module that is gone', async () => {
    const found = await rulesIn((content) => {
      delete content[`${FOLDER}/kernel/own.ko`];
      content[`${FOLDER}/vmlinuz`] = '';
    });

    expect(found).toContain('error modules-dep');
  });

  it('sees needs that modules.dep does not know', async () => {
    const found = await rulesIn((content) => {
      content[`${FOLDER}/modules.dep`] = 'kernel/own.ko:\nupdates/sample.ko:\n';
    });

    expect(found).toEqual(['error modules-index', 'error modules-index', 'error modules-dep']);
  });

  it('sees aliases and symbols that are missing, and those of modules that are gone', async () => {
    expect(
      await rulesIn((content) => {
        content[`${FOLDER}/modules.alias`] = 'alias other gone\n';
        content[`${FOLDER}/modules.alias.bin`] = aModuleIndex([{ key: 'other', value: 'gone' }]);
      }),
    ).toEqual(['error modules-alias', 'error modules-alias']);
    expect(
      await rulesIn((content) => {
        content[`${FOLDER}/modules.symbols`] = 'alias symbol:two sample\n';
        content[`${FOLDER}/modules.symbols.bin`] = aModuleIndex([
          { key: 'symbol:two', value: 'sample' },
        ]);
      }),
    ).toEqual(['error modules-symbols']);
  });

  it('tells an alias that two modules have', async () => {
    const found = await rulesIn((content) => {
      content[`${FOLDER}/modules.alias`] = `alias ${ALIAS} sample\nalias ${ALIAS} own\n`;
      content[`${FOLDER}/modules.alias.bin`] = aModuleIndex([
        { key: ALIAS, value: 'sample' },
        { key: ALIAS, value: 'own' },
      ]);
    });

    expect(found).toEqual(['warning alias-clash']);
  });

  it('tells which of two copies wins, by the order of depmod.d', async () => {
    const copy = `${FOLDER}/kernel/sample.ko`;
    const two = await findingsIn({ ...files(), [copy]: '' });
    const reversed = await findingsIn({
      ...files(),
      [copy]: '',
      'etc/depmod.d/x.conf': 'search built-in updates\n',
    });

    expect(two).toMatchObject([{ rule: 'duplicate-module', severity: 'warning' }]);
    expect(two[0]?.where?.file).toBe(`${FOLDER}/updates/sample.ko`);
    expect(reversed[0]?.where?.file).toBe(copy);
    expect(reversed.map(({ rule }) => rule)).toContain('modules-dep');
  });

  it('does not guess between two copies of one rank', async () => {
    const copy = `${FOLDER}/updates/deep/sample.ko`;

    expect((await findingsIn({ ...files(), [copy]: '' }))[0]).toMatchObject({
      rule: 'duplicate-module',
      severity: 'error',
    });
  });

  it('sees modules of a kernel that is not there', async () => {
    const tree = { [`${FOLDER}/updates/sample.ko`]: sample };

    expect(await findingsIn(tree)).toMatchObject([{ rule: 'leftover-kernel', severity: 'error' }]);
  });
});
