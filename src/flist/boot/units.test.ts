import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bootFiles } from './units.ts';

const OPTIONS = { folder: '/etc/flists', wait: 7 };
const textOf = (init: 'zinit' | 'systemd', path: string) =>
  bootFiles(init, OPTIONS).find((file) => file.path === path)?.text ?? '';

describe(bootFiles, () => {
  it.each(['zinit', 'systemd'] as const)('writes scripts for %s that a shell can read', (init) => {
    const scripts = bootFiles(init, OPTIONS).filter(({ path }) => path.endsWith('.sh'));

    expect(scripts.map(({ path }) => path.split('/').at(-1))).toEqual([
      'firmware.sh',
      'modules.sh',
      'coldplug.sh',
    ]);
    for (const { text, mode } of scripts) {
      expect(mode).toBe(0o755);
      expect(spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' }).stderr).toBe('');
    }
  });

  it('waits as long as it is told, for manifests of the folder', () => {
    const script = textOf('zinit', 'etc/zinit/init/modules.sh');

    expect(script).toContain('wait=${FLIST_WAIT:-7}');
    expect(script).toContain('manifest=${MODULES_FLIST:-/etc/flists/modules-$(uname -r).fl}');
  });

  it('lets zinit mount firmware, then modules, then look for devices', () => {
    const units = ['firmware', 'modules', 'coldplug'].map(
      (name) => parse(textOf('zinit', `etc/zinit/flist-${name}.yaml`)) as { after?: string[] },
    );

    expect(units).toMatchObject([
      { exec: 'sh /etc/zinit/init/firmware.sh', oneshot: true },
      { after: ['flist-firmware'] },
      { after: ['flist-modules'] },
    ]);
  });

  it('enables units of systemd that come one after the other before the system is up', () => {
    const links = bootFiles('systemd', OPTIONS).filter(({ isLink }) => isLink);
    const unit = (name: string) =>
      textOf('systemd', `usr/lib/systemd/system/flist-${name}.service`);

    expect(links.map(({ path, text }) => [path.split('/').at(-2), text])).toEqual(
      ['firmware', 'modules', 'coldplug'].map((name) => [
        'sysinit.target.wants',
        `../flist-${name}.service`,
      ]),
    );
    expect(unit('firmware')).toContain('After=local-fs.target systemd-udev-trigger.service\n');
    expect(unit('modules')).toContain('After=local-fs.target flist-firmware.service\n');
    expect(unit('coldplug')).toContain('After=flist-modules.service systemd-udevd.service\n');
  });
});
