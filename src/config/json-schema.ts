import * as z from 'zod/mini';
import { ManyConfig, SingleConfig } from './schema.ts';

/** JSON Schema of `lockstep.yaml` for editors, from the definition that reads the file. */
export function configJsonSchema(): object {
  return z.toJSONSchema(z.union([SingleConfig, ManyConfig]), { io: 'input' });
}
