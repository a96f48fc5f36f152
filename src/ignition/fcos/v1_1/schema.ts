import type { Structs } from '../../schema/type.ts';

/** fcos 1.1: local files and trees, mount units. */
export const added = {
  Resource: { inline: 'string', local: 'string' },
  Filesystem: { with_mount_unit: 'bool' },
  Storage: { trees: '[Tree]' },
  Tree: { local: 'string', path: 'string' },
} satisfies Structs;
