import type { Structs } from '../../schema/type.ts';
import { structs as before } from '../v3_3/schema.ts';

/** Ignition 3.4: discard and options for opening LUKS volumes, advertisements of Tang. */
export const structs = {
  ...before,
  Luks: {
    clevis: 'Clevis',
    device: 'string',
    discard: 'bool',
    keyFile: 'Resource',
    label: 'string',
    name: 'string!',
    openOptions: '[string]+',
    options: '[string]+',
    uuid: 'string',
    wipeVolume: 'bool',
  },
  Tang: { advertisement: 'string', thumbprint: 'string', url: 'string?' },
} satisfies Structs;
