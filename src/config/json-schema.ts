import { z } from 'zod';
import { InitramfsConfig } from './initramfs-schema.ts';
import { ManyConfig, SingleConfig } from './schema.ts';

/** JSON Schema of `lockstep.yaml` for editors, from the definition that reads the file. */
export function configJsonSchema(): object {
  return z.toJSONSchema(z.union([SingleConfig, ManyConfig]), { io: 'input' });
}

/** The same of `initramfs.yaml`. */
export function initramfsJsonSchema(): object {
  return z.toJSONSchema(InitramfsConfig, { io: 'input' });
}
