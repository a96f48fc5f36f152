import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aKernelModule } from '../kernel/testing/module-builder.ts';
import { runOk } from '../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../system/temporary.ts';
import { ensureIndexScript } from './ensure-index.ts';

const KERNEL = '6.12.1+test-amd64';

let root: TemporaryFolder;
const place = (name: string) => join(root.path, 'usr/lib/modules', KERNEL, name);
const indexed = () => readFile(place('modules.dep'), 'utf8');
const age = async () => (await stat(place('modules.dep.bin'), { bigint: true })).mtimeNs;
const run = () => runOk('sh', ['-euc', ensureIndexScript(KERNEL, root.path)]);

async function install(name: string): Promise<void> {
  await mkdir(dirname(place(name)), { recursive: true });
  await writeFile(place(name), aKernelModule());
}

beforeEach(async () => {
  root = await temporaryFolder();
  await install('kernel/fs/ext4.ko');
  await symlink('usr/lib', join(root.path, 'lib'));
  for (const list of ['modules.order', 'modules.builtin']) await writeFile(place(list), '');
});

afterEach(() => root[Symbol.asyncDispose]());

describe(ensureIndexScript, () => {
  it('indexes a kernel that has no index', async () => {
    await run();

    expect(await indexed()).toContain('kernel/fs/ext4.ko:');
  });

  it('leaves an index alone that is younger than all modules', async () => {
    await run();
    const before = await age();

    await run();

    expect(await age()).toBe(before);
  });

  it('indexes anew when a module came after the index', async () => {
    await run();
    await install('extra/zfs/zfs.ko');

    await run();

    expect(await indexed()).toContain('extra/zfs/zfs.ko:');
  });

  it('indexes anew when a module was replaced by an older file', async () => {
    await run();
    const before = await age();
    await install('kernel/fs/ext4.ko');
    await runOk('touch', ['-d', '@0', place('kernel/fs/ext4.ko')]);

    await run();

    expect(await age()).not.toBe(before);
  });

  it('indexes anew when a module went after the index', async () => {
    await install('kernel/fs/xfs.ko');
    await run();
    await rm(place('kernel/fs/xfs.ko'));

    await run();

    expect(await indexed()).not.toContain('xfs');
  });
});
