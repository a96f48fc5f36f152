import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader } from '../../oci/repository.ts';
import { sharedImageTree } from '../../oci/tree/shared.ts';
import type { ImageTree } from '../../oci/tree/tree.ts';
import { isDescribed } from '../../trust/image-description.ts';
import { isBootFile } from '../../vm/boot-files.ts';

/** The one tree into which all gates look, and whoever describes the candidate, opened once. */
export function candidateTree(reader: Reader, candidate: Descriptor): Promise<ImageTree> {
  const keep = (path: string) => isBootFile(path) || isDescribed(path);
  return sharedImageTree(reader, candidate, { keep });
}
