import { z } from 'zod';

/** Names of modules, as the kernel has them (`hid_kye`), by the name of the source that builds them. */
export const ModuleSets = z.record(z.string(), z.array(z.string()).readonly());
export type ModuleSets = z.infer<typeof ModuleSets>;
