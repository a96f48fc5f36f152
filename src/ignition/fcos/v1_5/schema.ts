import type { Structs } from '../../schema/type.ts';
import { added as before } from '../v1_4/schema.ts';

/** fcos 1.5: users of GRUB, keys and units from local files, discard on the boot disk. */
export const added = {
  ...before,
  Config: { boot_device: 'BootDevice', grub: 'Grub' },
  BootDeviceLuks: { discard: 'bool', tang: '[Tang]', threshold: 'int', tpm2: 'bool' },
  Grub: { users: '[GrubUser]' },
  GrubUser: { name: 'string', password_hash: 'string' },
  PasswdUser: { ssh_authorized_keys_local: '[string]' },
  Unit: { contents_local: 'string' },
  Dropin: { contents_local: 'string' },
} satisfies Structs;
