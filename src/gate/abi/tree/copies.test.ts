import { describe, expect, it } from 'vitest';
import { aTree } from '../../../file/testing/tree-builder.ts';
import { kernelAt } from '../kernel/files.ts';
import { copiesFinding, judgeCopies } from './copies.ts';

const FOLDER = 'usr/lib/modules/6.12.1-test';

async function judge(paths: readonly string[], config = '', listed: readonly string[] = []) {
  const modules = Object.fromEntries(paths.map((path) => [`${FOLDER}/${path}`, '']));
  const files = await kernelAt(aTree({ ...modules, 'etc/depmod.d/a.conf': config }), FOLDER);
  const copies = judgeCopies(files, new Set(listed)).get('probe');
  if (!copies) throw new Error('no module');
  return { copies, finding: copiesFinding(files, copies) };
}

describe('copiesFinding', () => {
  it('says nothing of a module that is there once', async () => {
    expect((await judge(['kernel/probe.ko'])).finding).toBeUndefined();
  });

  it('lets a module replace one of the kernel', async () => {
    const { finding } = await judge(['kernel/probe.ko', 'updates/probe.ko']);

    expect(finding).toMatchObject({
      severity: 'warning',
      where: { file: `${FOLDER}/updates/probe.ko` },
    });
    expect(finding?.hint).toMatch(/as it should be/);
  });

  it.each([
    ['weak-updates', 'search updates extra built-in weak-updates'],
    ['extra', 'search built-in extra'],
    ['extra/deep', 'override probe * kernel'],
  ])('refuses a module in %s that loses against one of the kernel: %s', async (place, config) => {
    const { finding } = await judge(['kernel/probe.ko.xz', `${place}/probe.ko`], config);

    expect(finding).toMatchObject({
      rule: 'duplicate-module',
      severity: 'error',
      where: { file: `${FOLDER}/kernel/probe.ko.xz` },
      hint: `write "override probe * ${place}" into /etc/depmod.d/probe.conf and run depmod 6.12.1-test`,
    });
  });

  it('has a way out that works', async () => {
    const way = 'search built-in extra\noverride probe * extra/deep\n';
    const { finding } = await judge(['kernel/probe.ko', 'extra/deep/probe.ko'], way);

    expect(finding).toMatchObject({ severity: 'warning' });
  });

  it('tells of two from outside of the kernel that one of them is not used', async () => {
    const { finding } = await judge(['updates/probe.ko', 'extra/probe.ko']);

    expect(finding?.hint).toBe('remove what is not used');
  });

  it('takes what is indexed where depmod.d does not tell', async () => {
    const paths = ['updates/a/probe.ko', 'updates/b/probe.ko'];
    const { copies, finding } = await judge(paths, '', ['updates/b/probe.ko']);

    expect(copies).toMatchObject({ winner: `${FOLDER}/updates/b/probe.ko`, isCertain: false });
    expect(finding).toMatchObject({ severity: 'error' });
  });

  it('does not see what is excluded', async () => {
    const { copies } = await judge(['kernel/probe.ko', 'updates/old/probe.ko'], 'exclude old');

    expect(copies.losers).toEqual([]);
  });

  it('sees modules in folders outside', async () => {
    const tree = aTree({
      [`${FOLDER}/kernel/probe.ko`]: '',
      'opt/modules/probe.ko': '',
      'run/depmod.d/x.conf': 'external * /opt/modules\nsearch external built-in\n',
      'usr/lib/depmod.d/x.conf': 'search built-in\n',
    });
    const list = tree.list.bind(tree);
    const files = await kernelAt(
      { ...tree, list: (prefix) => list(prefix.replace(/^\//, '')) },
      FOLDER,
    );

    expect(judgeCopies(files).get('probe')).toMatchObject({ winner: 'opt/modules/probe.ko' });
  });
});
