import type { Report, Rules } from '../schema/rules.ts';
import type { BootDevice, BootDeviceLuks } from './config.ts';

/** In what the versions judge a boot disk differently. */
export interface BootJudgement {
  layouts: readonly string[];
  /** Whether the layout must be said for a mirror, or should. */
  mirrorLayout: 'error' | 'warning';
  /** Locking without a way to unlock is refused. */
  needsMethod: boolean;
}

const DISK_OF: Record<string, RegExp> = {
  's390x-eckd': /\/dev\/dasd[a-z]$/,
  's390x-zfcp': /\/dev\/sd[a-z]$/,
};

/** What Fedora CoreOS says of `boot_device`. */
export function bootDeviceRules(judgement: BootJudgement): Rules {
  return {
    BootDevice: (device: BootDevice, report: Report) => {
      const { layout, luks = {}, mirror } = device;
      if (layout != null) layoutRule(device, judgement, report);
      if (luks.cex?.enabled) cexRule(device, report);
      const mirrored = mirror?.devices?.length ?? 0;
      if (mirrored > 0 && layout == null) {
        const message = 'say the layout of a mirrored boot disk: it is taken for x86_64';
        if (judgement.mirrorLayout === 'error') report.error(['mirror'], message);
        else report.warn(['mirror'], message);
      }
      if (mirrored === 1) report.error(['mirror', 'devices'], ALONE);
    },
    BootDeviceLuks: (luks: BootDeviceLuks, report: Report) => {
      const method = luks.tpm2 || luks.tang?.length || luks.cex?.enabled;
      if (judgement.needsMethod && luks.device && !method)
        report.error(['luks'], 'say what unlocks the disk: tpm2, tang or cex');
    },
    BootDeviceMirror: ({ devices = [] }: { devices?: string[] }, report: Report) => {
      if (devices.length === 1) report.error(['devices'], ALONE);
    },
  };
}

const ALONE = 'a mirror needs two devices';

function layoutRule(
  { layout = '', luks = {}, mirror }: BootDevice,
  { layouts }: BootJudgement,
  report: Report,
): void {
  const disk = DISK_OF[layout];
  if (!layouts.includes(layout))
    return report.error(['layout'], `the layout must be one of ${layouts.join(', ')}`);
  if (disk && !luks.device) report.error(['layout'], `${layout} needs luks.device, the boot disk`);
  else if (disk && !disk.test(luks.device ?? ''))
    report.error(['layout'], `the boot disk of ${layout} is not named like ${luks.device}`);
  if (layout.startsWith('s390x') && mirror?.devices?.length)
    report.error(['layout'], `${layout} cannot mirror its boot disk`);
}

function cexRule({ layout, luks = {} }: BootDevice, report: Report): void {
  const message = 'cex is for s390x';
  if (layout == null) report.error(['luks', 'cex'], message);
  else if (!layout.startsWith('s390x')) report.error(['layout'], message);
  if (luks.tang?.length || luks.tpm2)
    report.error(['luks'], 'cex and clevis (tpm2, tang) exclude each other');
}
