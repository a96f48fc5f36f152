import type { Structs } from '../../schema/type.ts';
import { added as before } from '../v1_2/schema.ts';

/** fcos 1.3: the boot disk, locked and mirrored. */
export const added = {
  ...before,
  Config: { boot_device: 'BootDevice' },
  BootDevice: { layout: 'string', luks: 'BootDeviceLuks', mirror: 'BootDeviceMirror' },
  BootDeviceLuks: { tang: '[Tang]', threshold: 'int', tpm2: 'bool' },
  BootDeviceMirror: { devices: '[string]' },
} satisfies Structs;
