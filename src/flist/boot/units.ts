import { BOOT_MOUNTS, type BootOptions, COLDPLUG_SCRIPT, mountScript } from './scripts.ts';

/** A file that a machine needs to boot from flists. */
export interface BootFile {
  /** From the root, without a leading slash. */
  path: string;
  mode: number;
  text: string;
}

export type InitSystem = 'zinit' | 'systemd';

/** The scripts and units that mount firmware, then modules, then look for devices again. */
export function bootFiles(init: InitSystem, options: BootOptions): BootFile[] {
  const folder = init === 'zinit' ? 'etc/zinit/init' : 'usr/lib/lockstep';
  const scripts = [
    ...BOOT_MOUNTS.map((mount) => [mount.name, mountScript(mount, options)] as const),
    ['coldplug', COLDPLUG_SCRIPT] as const,
  ].map(([name, text]) => ({ path: `${folder}/${name}.sh`, mode: 0o755, text }));
  return [...scripts, ...(init === 'zinit' ? zinitUnits(folder) : systemdUnits(folder))];
}

/** One after the other; each is a script that ends. */
function zinitUnits(folder: string): BootFile[] {
  const unit = (name: string, after: string[]) => ({
    path: `etc/zinit/flist-${name}.yaml`,
    mode: 0o644,
    text: `exec: sh /${folder}/${name}.sh\noneshot: true\n${after.length > 0 ? `after:\n${after.map((one) => `  - ${one}\n`).join('')}` : ''}`,
  });
  return [
    unit('firmware', []),
    unit('modules', ['flist-firmware']),
    unit('coldplug', ['flist-modules']),
  ];
}

function systemdUnits(folder: string): BootFile[] {
  return [
    systemdUnit('firmware', { folder, before: 'flist-modules.service' }),
    systemdUnit('modules', { folder, before: 'systemd-modules-load.service' }),
    {
      path: 'usr/lib/systemd/system/flist-coldplug.service',
      mode: 0o644,
      text: `[Unit]
Description=Look for devices again with the modules and firmware of flists
DefaultDependencies=no
After=flist-modules.service systemd-udevd.service
Requires=systemd-udevd.service
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /${folder}/coldplug.sh

[Install]
WantedBy=sysinit.target
`,
    },
  ];
}

/** Before anything looks for devices; the network is up by then or the wait ends. */
function systemdUnit(
  name: 'firmware' | 'modules',
  { folder, before }: { folder: string; before: string },
): BootFile {
  return {
    path: `usr/lib/systemd/system/flist-${name}.service`,
    mode: 0o644,
    text: `[Unit]
Description=Mount the flist of ${name}
DefaultDependencies=no
After=local-fs.target
Before=${before} systemd-udev-trigger.service sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
EnvironmentFile=-/etc/default/flist
ExecStart=/bin/sh /${folder}/${name}.sh
KillMode=process

[Install]
WantedBy=sysinit.target
`,
  };
}
