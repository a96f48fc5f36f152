import type { Structs } from '../../schema/type.ts';
import { added as before } from '../v1_5/schema.ts';

/** fcos 1.6: boot disks of IBM Z. */
export const added = {
  ...before,
  BootDeviceLuks: {
    cex: 'Cex',
    device: 'string',
    discard: 'bool',
    tang: '[Tang]',
    threshold: 'int',
    tpm2: 'bool',
  },
} satisfies Structs;
