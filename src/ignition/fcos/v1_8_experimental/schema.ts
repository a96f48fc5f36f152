import type { Structs } from '../../schema/type.ts';
import { added as before } from '../v1_7/schema.ts';

/** fcos 1.8, not final: quadlets. */
export const added = {
  ...before,
  Systemd: { quadlets: '[Quadlet]' },
  Quadlet: {
    contents: 'string',
    contents_local: 'string',
    dropins: '[Dropin]',
    name: 'string',
    rootful: 'bool',
  },
} satisfies Structs;
