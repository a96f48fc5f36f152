import type { Structs } from '../../schema/type.ts';
import { structs as before } from '../v3_2/schema.ts';

/** Ignition 3.3: kernel arguments; filesystems of the format none. */
export const structs = {
  ...before,
  Config: {
    ignition: 'Ignition!',
    kernelArguments: 'KernelArguments',
    passwd: 'Passwd',
    storage: 'Storage',
    systemd: 'Systemd',
  },
  KernelArguments: { shouldExist: '[string]', shouldNotExist: '[string]' },
  Link: {
    group: 'NodeGroup',
    overwrite: 'bool',
    path: 'string!',
    user: 'NodeUser',
    hard: 'bool',
    target: 'string',
  },
  Raid: {
    devices: '[string]',
    level: 'string',
    name: 'string!',
    options: '[string]+',
    spares: 'int',
  },
  Luks: {
    clevis: 'Clevis',
    device: 'string',
    keyFile: 'Resource',
    label: 'string',
    name: 'string!',
    options: '[string]+',
    uuid: 'string',
    wipeVolume: 'bool',
  },
  Clevis: { custom: 'ClevisCustom', tang: '[Tang]', threshold: 'int', tpm2: 'bool' },
  ClevisCustom: { config: 'string', needsNetwork: 'bool', pin: 'string' },
} satisfies Structs;
