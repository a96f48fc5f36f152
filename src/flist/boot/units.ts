import { BOOT_MOUNTS, type BootOptions, COLDPLUG_SCRIPT, mountScript } from './scripts.ts';

/** A file that a machine needs to boot from flists. */
export interface BootFile {
  /** From the root, without a leading slash. */
  path: string;
  mode: number;
  /** What stands in it, or where it leads: then it is a symbolic link. */
  text: string;
  isLink?: true;
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
    ...['firmware', 'modules', 'coldplug'].map(enabled),
    systemdUnit('firmware', { folder, after: 'systemd-udev-trigger.service' }),
    systemdUnit('modules', { folder, after: 'flist-firmware.service' }),
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
`,
    },
  ];
}

function enabled(name: string): BootFile {
  const unit = `flist-${name}.service`;
  const path = `usr/lib/systemd/system/sysinit.target.wants/${unit}`;
  return { path, mode: 0o777, text: `../${unit}`, isLink: true };
}

/**
 * After udev has looked for devices with the modules of the initramfs: without the network's there
 * is no store. What it lacked then is looked for again by the last of the units.
 */
function systemdUnit(
  name: 'firmware' | 'modules',
  { folder, after }: { folder: string; after: string },
): BootFile {
  return {
    path: `usr/lib/systemd/system/flist-${name}.service`,
    mode: 0o644,
    text: `[Unit]
Description=Mount the flist of ${name}
DefaultDependencies=no
After=local-fs.target ${after}
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
EnvironmentFile=-/etc/default/flist
ExecStart=/bin/sh /${folder}/${name}.sh
KillMode=process
`,
  };
}
