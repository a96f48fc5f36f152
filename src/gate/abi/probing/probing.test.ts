import { describe, expect, it } from 'vitest';
import { aTree } from '../../../file/testing/tree-builder.ts';
import { aKernelModule } from '../../../kernel/testing/module-builder.ts';
import { aUnifiedImage } from '../../../kernel/testing/unified-image.ts';
import { kernelAt } from '../kernel/files.ts';
import { inspectModule } from '../module/inspect.ts';
import { aKernel } from '../testing/kernel-builder.ts';
import { checkFirmware } from '../tree/firmware-rule.ts';
import { readKernelArguments } from './kernel-arguments.ts';
import { checkProbing } from './probing.ts';

const FOLDER = 'usr/lib/modules/6.12.1-test';
const FILE = `${FOLDER}/updates/sample.ko`;
const parmtype = 'count:int';
const sample = aKernelModule({
  modinfo: { parmtype, firmware: ['a/one.bin', 'two-*.bin'] },
});
const own = aKernelModule({ name: 'own', modinfo: { parmtype } });
const modules = [inspectModule({ file: FILE, content: sample }, aKernel())];
const dep = new Map([['updates/sample.ko', ['kernel/own.ko']]]);

async function open(more: Record<string, string | Uint8Array>) {
  const tree = aTree({ [FILE]: sample, [`${FOLDER}/kernel/own.ko`]: own, ...more });
  return { tree, files: await kernelAt(tree, FOLDER) };
}

async function probe(more: Record<string, string | Uint8Array>) {
  const { tree, files } = await open(more);
  const found = await checkProbing(tree, files, { modules, dep });
  return found.map(({ rule, severity, where }) => `${severity} ${rule} ${where?.file}`);
}

describe('checkProbing', () => {
  it('finds nothing where nothing is said', async () => {
    expect(await probe({})).toEqual([]);
  });

  it('reads modprobe.d with its order and masks', async () => {
    const distribution = { 'usr/lib/modprobe.d/a.conf': 'install sample /bin/false\n' };

    expect(await probe(distribution)).toEqual(['error modprobe-install usr/lib/modprobe.d/a.conf']);
    expect(await probe({ ...distribution, 'etc/modprobe.d/a.conf': '' })).toEqual([]);
    expect(await probe({ 'etc/modprobe.d/a.disabled': 'blacklist sample' })).toEqual([]);
    expect(await probe({ 'run/modprobe.d/x.alias': 'alias sample off' })).toEqual([
      'error modprobe-alias run/modprobe.d/x.alias',
    ]);
  });

  it('reads what ends in .alias as the kmod of the image does', async () => {
    const alias = { 'etc/modprobe.d/x.alias': 'install sample /bin/false\n' };
    const library = 'usr/lib/x86_64-linux-gnu/libkmod.so.2';

    expect(await probe({ ...alias, [`${library}.4.0`]: '' })).toEqual([
      'error modprobe-install etc/modprobe.d/x.alias',
    ]);
    expect(await probe({ ...alias, [`${library}.5.1`]: '' })).toEqual([]);
  });

  it('judges what modules need, with the parameters of that', async () => {
    const found = await probe({
      'etc/modprobe.d/a.conf': 'options own count=some\noptions sample count=2\nblacklist own\n',
    });

    expect(found).toEqual(['error modprobe-options etc/modprobe.d/a.conf']);
  });

  it('knows what is to be loaded at boot', async () => {
    const blacklist = { 'etc/modprobe.d/a.conf': 'blacklist sample\n' };
    const load = { 'usr/lib/modules-load.d/b.conf': '# modules\nother\nsample\n' };

    expect(await probe(blacklist)).toEqual(['warning modprobe-blacklist etc/modprobe.d/a.conf']);
    expect(await probe({ ...blacklist, ...load })).toEqual([
      'error modprobe-blacklist etc/modprobe.d/a.conf',
    ]);
    expect(await probe({ ...blacklist, 'etc/kernel/cmdline': 'modules_load=a,sample' })).toEqual([
      'error modprobe-blacklist etc/modprobe.d/a.conf',
    ]);
  });
});

describe('readKernelArguments', () => {
  it.each([
    [
      'usr/lib/bootc/kargs.d/10.toml',
      '# x\nkargs = ["quiet", \'a=b\', # no\n "x.y=1"]\nmatch-architectures = ["x86_64"]\n',
      'quiet a=b x.y=1',
    ],
    ['usr/lib/kernel/cmdline', 'quiet a=b\n', 'quiet a=b\n'],
    [
      'etc/default/grub',
      'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet a=b"\nGRUB_CMDLINE_LINUX=\'c\'\n',
      'quiet a=b c',
    ],
    ['boot/loader/entries/x.conf', 'title x\noptions quiet\noptions a=b\n', 'quiet a=b'],
    ['boot/EFI/Linux/6.12.1-test.efi', aUnifiedImage({ '.cmdline': 'quiet a=b\n\0' }), 'quiet a=b'],
  ])('reads %s', async (path, content, text) => {
    const { tree, files } = await open({ [path]: content });

    expect((await readKernelArguments(tree, files)).map((each) => each.text)).toEqual([text]);
  });

  it('takes the cmdline of /etc in place of that of /usr', async () => {
    const both = { 'usr/lib/kernel/cmdline': 'one', 'etc/kernel/cmdline': 'two' };
    const { tree, files } = await open(both);

    expect(await readKernelArguments(tree, files)).toEqual([
      { path: 'etc/kernel/cmdline', text: 'two' },
    ]);
  });
});

describe('checkFirmware', () => {
  it('notes what a module names and the image lacks', async () => {
    const { tree, files } = await open({ 'usr/lib/firmware/a/other.bin': '' });

    expect(await checkFirmware(tree, files, modules)).toMatchObject([
      { rule: 'firmware', severity: 'info', message: expect.stringMatching(/: a\/one\.bin, two-/) },
    ]);
  });

  it('looks where the kernel does', async () => {
    const { tree, files } = await open({
      'usr/lib/firmware/updates/6.12.1-test/a/one.bin.zst': '',
      'usr/lib/firmware/two-3.bin.xz': '',
    });

    expect(await checkFirmware(tree, files, modules)).toEqual([]);
  });
});
