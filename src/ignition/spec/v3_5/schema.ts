import type { Structs } from '../../schema/type.ts';
import { structs as before } from '../v3_4/schema.ts';

/** Ignition 3.5: LUKS with keys in the Crypto Express cards of IBM Z. */
export const structs = {
  ...before,
  Luks: {
    cex: 'Cex',
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
  Cex: { enabled: 'bool' },
} satisfies Structs;
