import { KMODS_ANNOTATION } from '../../build/kmods-image.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Repository } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import type { UnkeyedInputs } from '../inputs.ts';
import { kmodsKeyOf } from '../keys.ts';
import { nameKmods } from '../kmods-store.ts';

/** Stores a kmods image as a build for these inputs would, with nothing in it. */
export async function putKmods(repository: Repository, inputs: UnkeyedInputs): Promise<Descriptor> {
  const key = kmodsKeyOf(inputs);
  const seed = JSON.stringify(key);
  const annotations = { [KMODS_ANNOTATION.keyInputs]: seed };
  const descriptor = await putImage(repository, { seed, annotations });
  await nameKmods(repository, key, descriptor);
  return descriptor;
}
