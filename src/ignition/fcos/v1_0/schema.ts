import type { Structs } from '../../schema/type.ts';

/** fcos 1.0: contents of files in the document itself. */
export const added = { Resource: { inline: 'string' } } satisfies Structs;
