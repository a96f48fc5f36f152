import type { Structs } from '../../schema/type.ts';
import { added as before } from '../v1_6/schema.ts';

/** fcos 1.7: owners and modes of trees. */
export const added = {
  ...before,
  Tree: {
    group: 'NodeGroup',
    local: 'string',
    path: 'string',
    user: 'NodeUser',
    file_mode: 'int',
    dir_mode: 'int',
  },
} satisfies Structs;
