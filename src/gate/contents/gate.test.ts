import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDirectoryTree } from '../../file/directory-tree.ts';
import { aTree } from '../../file/testing/tree-builder.ts';
import { aKernelModule, type ModuleBuild } from '../../kernel/testing/module-builder.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { contentsGate } from './gate.ts';
import { sameUpstream } from './version.ts';

const KERNEL = '6.12.1-test';
const FOLDER = `usr/lib/modules/${KERNEL}`;
const STATUS = 'Package: zfsutils-linux\nStatus: install ok installed\nVersion: 2.3.2-1~bpo12+1\n';

function image(build: ModuleBuild = {}): Record<string, string | Uint8Array> {
  return {
    [`${FOLDER}/kernel/own.ko`]: '',
    [`${FOLDER}/updates/zfs.ko`]: aKernelModule({
      name: 'zfs',
      ...build,
      modinfo: { version: '2.3.2-1~bpo12+1', ...build.modinfo },
    }),
    [`${FOLDER}/modules.dep`]: 'kernel/own.ko:\nupdates/zfs.ko:\n',
    'var/lib/dpkg/status': STATUS,
  };
}

async function rulesOf(files: Record<string, string | Uint8Array>, kernels = [KERNEL]) {
  const findings = await contentsGate(aTree(files), {
    kernels,
    modules: [{ name: 'zfs', version: '2.3.2' }],
    userland: [{ package: 'zfsutils-linux', version: '2.3.2-1~bpo12+1' }],
  });
  return findings.map(({ rule }) => rule);
}

describe('contentsGate', () => {
  it('passes an image that holds what it should', async () => {
    expect(await rulesOf(image())).toEqual([]);
  });

  it('wants exactly the kernels that are expected', async () => {
    const stray = { ...image(), 'usr/lib/modules/6.1.0/kernel/own.ko': '' };

    expect(await rulesOf(stray)).toEqual(['stray-kernel']);
    expect(await rulesOf(image(), [KERNEL, '6.1.0'])).toEqual(['kernel-missing']);
    expect(await rulesOf({ 'var/lib/dpkg/status': STATUS })).toEqual(['kernel-missing']);
  });

  it('finds kernels where /lib is not merged into /usr', async () => {
    const moved = Object.entries(image()).map(([path, content]) => [
      path.replace(/^usr\/lib/, 'lib'),
      content,
    ]);

    expect(await rulesOf(Object.fromEntries(moved))).toEqual([]);
  });

  it('misses a module', async () => {
    const files = image();
    delete files[`${FOLDER}/updates/zfs.ko`];

    expect(await rulesOf(files)).toEqual(['module-missing']);
  });

  it('sees a module that modprobe does not find', async () => {
    const unlisted = { ...image(), [`${FOLDER}/modules.dep`]: 'kernel/own.ko:\n' };
    const files = image();
    delete files[`${FOLDER}/modules.dep`];

    expect(await rulesOf(unlisted)).toEqual(['module-not-indexed']);
    expect(await rulesOf(files)).toEqual(['module-not-indexed']);
  });

  it('sees a module for another kernel, of another version, and what is no module', async () => {
    const vermagic = '6.12.2-test SMP preempt mod_unload modversions ';

    expect(await rulesOf(image({ modinfo: { vermagic } }))).toEqual(['module-for-other-kernel']);
    expect(await rulesOf(image({ modinfo: { version: '2.3.1-1' } }))).toEqual(['module-version']);
    expect(await rulesOf({ ...image(), [`${FOLDER}/updates/zfs.ko`]: 'text' })).toEqual([
      'module-unreadable',
    ]);
  });

  it('wants user space of the same version', async () => {
    const other = STATUS.replace('2.3.2', '2.4.0');
    const removed = STATUS.replace('install ok installed', 'deinstall ok config-files');

    expect(await rulesOf({ ...image(), 'var/lib/dpkg/status': other })).toEqual([
      'userland-version',
    ]);
    expect(await rulesOf({ ...image(), 'var/lib/dpkg/status': removed })).toEqual([
      'userland-version',
    ]);
  });
});

describe('modules of one source', () => {
  const check = (module: object) =>
    contentsGate(aTree(image({ modinfo: { version: '1.4.5a' } })), {
      kernels: [KERNEL],
      modules: [{ name: 'zfs', version: '2.3.2', ...module }],
    });

  it('may be of a version of their own beside the one that it is called after', async () => {
    expect(await check({})).toMatchObject([{ severity: 'error' }]);
    expect(await check({ beside: true })).toMatchObject([{ severity: 'info', found: '1.4.5a' }]);
    const files = image({ modinfo: { version: null } });
    const modules = [{ name: 'zfs', version: '2.3.2', beside: true }];
    expect(await contentsGate(aTree(files), { kernels: [KERNEL], modules })).toEqual([]);
  });

  it('are wanted of the kernel that they were built for', async () => {
    expect(await check({ name: 'spl', kernel: KERNEL })).toMatchObject([
      { rule: 'module-missing' },
    ]);
    expect(await check({ name: 'spl', kernel: '6.1.0' })).toEqual([]);
  });
});

describe('copies of a module', () => {
  const older = aKernelModule({ name: 'zfs', modinfo: { version: '0.1', vermagic: '5.0.0 SMP ' } });
  const with_ = (place: string, files: Record<string, string> = {}) => ({
    ...image(),
    [`${FOLDER}/${place}/zfs.ko`]: older,
    ...files,
  });

  it('judges only the one that modprobe takes', async () => {
    expect(await rulesOf(with_('kernel/fs'))).toEqual([]);
    expect(await rulesOf(with_('extra'))).toEqual([]);
  });

  it('refuses one of the kernel that wins, and chance', async () => {
    const config = { 'usr/lib/depmod.d/dist.conf': 'search built-in updates\n' };

    expect(await rulesOf(with_('kernel/fs', config))).toEqual(['duplicate-module']);
    expect(await rulesOf(with_('updates/dkms'))).toEqual(['duplicate-module']);
  });

  it('wants the winner in modules.dep', async () => {
    const config = { 'etc/depmod.d/zfs.conf': `override zfs * extra\n` };
    const newer = {
      ...with_('extra', config),
      [`${FOLDER}/extra/zfs.ko`]: image()[`${FOLDER}/updates/zfs.ko`] ?? '',
    };

    expect(await rulesOf(newer)).toEqual(['module-not-indexed']);
  });
});

describe('folders of other kernels', () => {
  const OTHER = 'usr/lib/modules/6.1.0';

  it('takes modules without a kernel for a leftover', async () => {
    const findings = await contentsGate(
      aTree({ ...image(), [`${FOLDER}/vmlinuz`]: '', [`${OTHER}/extra/zfs.ko`]: '' }),
      { kernels: [KERNEL], modules: [] },
    );

    expect(findings).toMatchObject([{ rule: 'stray-kernel', where: { file: OTHER } }]);
    expect(findings[0]?.message).toContain('a kernel that is not in the image');
  });

  it('leaves a folder to which weak-updates has links', async () => {
    await using folder = await temporaryFolder();
    const place = (path: string) => join(folder.path, path);
    const built = aKernelModule({
      name: 'zfs',
      modinfo: { version: '2.3.2', vermagic: '6.1.0 SMP ' },
    });
    await mkdir(place(`${FOLDER}/weak-updates`), { recursive: true });
    await mkdir(place(`${OTHER}/extra`), { recursive: true });
    await writeFile(place(`${FOLDER}/vmlinuz`), '');
    await writeFile(place(`${FOLDER}/modules.dep`), 'weak-updates/zfs.ko:\n');
    await writeFile(place(`${OTHER}/extra/zfs.ko`), built);
    await symlink(`/lib/modules/6.1.0/extra/zfs.ko`, place(`${FOLDER}/weak-updates/zfs.ko`));
    await symlink('usr/lib', place('lib'));
    const modules = [{ name: 'zfs', version: '2.3.2' }];
    const found = await contentsGate(openDirectoryTree(folder.path), {
      kernels: [KERNEL],
      modules,
    });

    expect(found).toEqual([]);
    await rm(place(`${OTHER}/extra/zfs.ko`));
    const lost = await contentsGate(openDirectoryTree(folder.path), { kernels: [KERNEL], modules });
    expect(lost.map(({ rule }) => rule)).toContain('module-missing');
  });
});

describe('versions of modules', () => {
  const check = (version: string | null, packaged?: boolean) =>
    contentsGate(aTree(image({ modinfo: { version } })), {
      kernels: [KERNEL],
      modules: [{ name: 'zfs', version: '1.2+git0123456', packaged }],
    });

  it('only warns of another one than the packaging has, naming both', async () => {
    expect(await check('0.9', true)).toMatchObject([
      {
        rule: 'module-version',
        severity: 'warning',
        message: expect.stringMatching(/of version 0\.9, the packaging of zfs says 1\.2\+git/),
        expected: '1.2+git0123456',
        found: '0.9',
      },
    ]);
    expect(await check('1.2', true)).toEqual([]);
  });

  it('refuses another one than the release has, and warns where a module states none', async () => {
    expect(await check('0.9')).toMatchObject([{ severity: 'error' }]);
    expect(await check(null)).toMatchObject([{ severity: 'warning', found: 'none' }]);
  });
});

describe('sameUpstream', () => {
  it.each([
    ['2.3.2', '2.3.2-1~bpo12+1', true],
    ['2.4.3-1', '2.4.3-1.fc44', true],
    ['v2.4.3', '2.4.3', true],
    ['1:2.3.2-1', '2.3.2', true],
    ['2.3.2', '2.3.20', false],
    ['2.4.0', '2.3.2', false],
    ['2.4.0-rc1', '2.4.0-rc1', true],
  ])('%s and %s: %s', (a, b, same) => {
    expect(sameUpstream(a, b)).toBe(same);
  });
});
