import type { Reader } from '../../oci/repository.ts';
import { type Inputs, inputsDigest } from '../inputs/inputs.ts';
import { findStored } from './inputs.ts';

/** What the pinned files of a run are kept as; its `subject` is the inputs of the run. */
export const ARCHIVE_TYPE = 'application/vnd.lockstep.archive.v1';

/** Annotation of an archive: digest of the builder image, which is kept beside it. */
export const BUILDER = 'dev.lockstep.builder';

/** Whether the files of these inputs are archived. */
export async function isArchived(repository: Reader, inputs: Inputs): Promise<boolean> {
  const stored = await findStored(repository, inputsDigest(inputs));
  if (!stored) return false;
  const [archive] = await repository.referrers(stored.digest, ARCHIVE_TYPE);
  return archive != null;
}
