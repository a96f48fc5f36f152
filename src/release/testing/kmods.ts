import { KMODS_ANNOTATION } from '../../kmods/image/image.ts';
import type { KmodsKey } from '../../kmods/image/key.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Repository } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import type { UnkeyedInputs } from '../inputs/inputs.ts';
import { kmodsKeysOf } from '../inputs/keys.ts';
import { nameKmods } from '../record/kmods.ts';

/** Stores the kmods image of the newest kernel as a build for these inputs would, with nothing in it. */
export async function putKmods(repository: Repository, inputs: UnkeyedInputs): Promise<Descriptor> {
  const key = newestKeyOf(inputs);
  const seed = JSON.stringify(key);
  const annotations = { [KMODS_ANNOTATION.keyInputs]: seed };
  const descriptor = await putImage(repository, { seed, annotations });
  await nameKmods(repository, key, descriptor);
  return descriptor;
}

/** The key of the kmods of the newest kernel. */
export function newestKeyOf(inputs: UnkeyedInputs): KmodsKey {
  const key = kmodsKeysOf(inputs).at(-1);
  if (key) return key;
  throw new Error('the inputs have no kernel');
}
