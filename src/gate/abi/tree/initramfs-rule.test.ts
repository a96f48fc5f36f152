import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cpioEnd, cpioEntry } from '../../../file/cpio-write.ts';
import { aTree } from '../../../file/testing/tree-builder.ts';
import { aKernelModule, type ModuleBuild } from '../../../kernel/testing/module-builder.ts';
import { aUnifiedImage } from '../../../kernel/testing/unified-image.ts';
import { kernelAt } from '../kernel/files.ts';
import { inspectModule } from '../module/inspect.ts';
import { aKernel } from '../testing/kernel-builder.ts';
import { checkInitramfs } from './initramfs-rule.ts';

const RELEASE = '6.12.1-test';
const FOLDER = `usr/lib/modules/${RELEASE}`;
const FILE = `${FOLDER}/extra/probe.ko`;
const probe = (version: string, build: ModuleBuild = {}) =>
  aKernelModule({ name: 'probe', ...build, modinfo: { version, ...build.modinfo } });
const withId = (id: string) =>
  probe('1.2.3', {
    sections: [
      { name: '.note.gnu.build-id', flags: 2, content: Buffer.from(`${'\0'.repeat(16)}${id}`) },
    ],
  });

function initramfs(files: Record<string, Buffer>): Buffer {
  const entries = Object.entries(files).map(([path, content]) => cpioEntry({ path }, content));
  const early = Buffer.concat([cpioEntry({ path: 'kernel/x86/microcode.bin' }), cpioEnd()]);
  return Buffer.concat([early, gzipSync(Buffer.concat([...entries, cpioEnd()]))]);
}

async function check(image: Uint8Array, root = probe('1.2.3'), place = `${FOLDER}/initramfs.img`) {
  const tree = aTree({ [FILE]: root, [`${FOLDER}/kernel/own.ko`]: '', [place]: image });
  const files = await kernelAt(tree, FOLDER);
  return checkInitramfs(tree, files, [inspectModule({ file: FILE, content: root }, aKernel())]);
}

describe('checkInitramfs', () => {
  it('lets the same module pass, compressed as it likes', async () => {
    const same = initramfs({
      [`lib/modules/${RELEASE}/extra/probe.ko.zst`]: zstdCompressSync(probe('1.2.3')),
    });

    expect(await check(same)).toEqual([]);
    expect(
      await check(initramfs({ [`usr/lib/modules/${RELEASE}/kernel/own.ko`]: probe('0') })),
    ).toEqual([]);
  });

  it.each([
    `${FOLDER}/initramfs.img`,
    `${FOLDER}/initrd`,
    `boot/initrd.img-${RELEASE}`,
    `boot/initramfs-${RELEASE}.img`,
  ])('sees an older one in %s', async (place) => {
    const found = await check(initramfs({ [FILE]: probe('1.1.0') }), probe('1.2.3'), place);

    expect(found).toMatchObject([{ rule: 'initramfs', severity: 'error', where: { file: place } }]);
    expect(found[0]?.message).toMatch(/version 1\.1\.0, and not .*probe\.ko, version 1\.2\.3/);
  });

  it('sees an older one in a unified image', async () => {
    const image = aUnifiedImage({ '.initrd': initramfs({ [FILE]: probe('1.1.0') }) });

    expect(await check(image, probe('1.2.3'), `boot/EFI/Linux/x-${RELEASE}.efi`)).toMatchObject([
      { rule: 'initramfs', severity: 'error' },
    ]);
  });

  it('sees the one of the kernel in place of the one from outside', async () => {
    const own = initramfs({
      [`${FOLDER}/kernel/probe.ko`]: probe('', { modinfo: { intree: 'Y' } }),
    });

    expect((await check(own))[0]?.message).toContain('holds kernel/probe.ko');
  });

  it('judges the copy that counts there', async () => {
    const both = initramfs({
      [`${FOLDER}/kernel/probe.ko`]: probe('0.1'),
      [`${FOLDER}/updates/probe.ko`]: probe('1.2.3'),
    });

    expect(await check(both)).toEqual([]);
  });

  it('tells another build of one version by its build ID, and not by what was stripped', async () => {
    const other = initramfs({ [FILE]: withId('two') });

    expect((await check(other, withId('one')))[0]?.message).toContain('another build of it');
    expect(await check(initramfs({ [FILE]: withId('one') }), withId('one'))).toEqual([]);
  });

  it('sees an initramfs of another kernel, and what the root has no more', async () => {
    const other = initramfs({ 'lib/modules/6.1.0/kernel/own.ko': probe('1') });
    const more = initramfs({ [`${FOLDER}/extra/gone.ko`]: probe('1') });

    expect((await check(other))[0]?.message).toContain('modules of 6.1.0 and none of 6.12.1-test');
    expect(await check(more)).toMatchObject([{ severity: 'warning' }]);
  });

  it('says when it cannot read one', async () => {
    expect(await check(Buffer.from('BZh91AY'))).toMatchObject([
      { rule: 'initramfs', severity: 'warning' },
    ]);
  });
});
