import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runOk } from '../system/process.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { refreshInitramfsScript } from './refresh-initramfs.ts';

/** What the script makes anew where the initramfs holds a module; programs that only tell stand in. */
async function refreshed(held: string, initramfs = true): Promise<string> {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  for (const name of ['boot', 'bin', 'usr/lib/modules/6.1/updates/x'])
    await mkdir(at(name), { recursive: true });
  await writeFile(at('usr/lib/modules/6.1/updates/x/hid-kye.ko.xz'), '');
  if (initramfs) await writeFile(at('boot/initrd.img-6.1'), '');
  const program = (name: string, script: string) =>
    writeFile(at('bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await program('lsinitramfs', `echo .; echo usr/lib/modules/6.1/kernel/drivers/${held}`);
  await program('update-initramfs', 'echo "$@"');
  const env = { PATH: `${at('bin')}:${process.env.PATH}` };
  const { stdout } = await runOk('sh', ['-euc', refreshInitramfsScript('6.1', folder.path)], {
    env,
  });
  return stdout.trim();
}

it.each(['hid/hid-kye.ko', 'hid/hid_kye.ko.zst'])(
  'makes an initramfs with %s anew',
  async (held) => {
    expect(await refreshed(held)).toBe('-u -k 6.1');
  },
);

it('leaves one alone that holds other modules, and what is not there', async () => {
  expect(await refreshed('hid/hid-kyes.ko')).toBe('');
  expect(await refreshed('hid/hid-kye.ko', false)).toBe('');
});
