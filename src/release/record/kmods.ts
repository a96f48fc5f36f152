import { readKmodsKey, readModuleSets } from '../../kmods/image/image.ts';
import { type KmodsKey, keyDifferences, kmodsKeyDigest } from '../../kmods/image/key.ts';
import { ifThere } from '../../oci/content.ts';
import { copy } from '../../oci/copy.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import type { BuiltSets } from '../inputs/load.ts';
import { kmodsKeyTag, kmodsTag } from './tags.ts';

/** A kmods image that is there, with what differs from the wanted key (empty: nothing). */
export interface StoredKmods {
  descriptor: Descriptor;
  differences: string[];
}

/**
 * Asks a kmods repository for exactly this key. Streams that build other modules for the same
 * kernel may share it; what is found by the modules and the kernel alone tells what differs.
 */
export async function findKmods(
  repository: Reader,
  wanted: KmodsKey,
): Promise<StoredKmods | undefined> {
  let found: StoredKmods | undefined;
  for (const tag of tagsOf(wanted)) {
    const descriptor = await repository.resolve(tag);
    if (!descriptor) continue;
    const said = await ifThere(readKmodsKey(repository, descriptor));
    if (!said) continue;
    const differences = said.key
      ? keyDifferences(wanted, said.key)
      : ['the image does not say what it was built from'];
    if (differences.length === 0) return { descriptor, differences };
    found ??= { descriptor, differences };
  }
  return found;
}

/** A kmods image of one kernel. */
export interface BuiltKmods {
  kernel: string;
  descriptor: Descriptor;
}

/** The kmods images that are there with exactly these keys, in their order. */
export async function storedKmods(
  repository: Reader,
  keys: readonly KmodsKey[],
): Promise<BuiltKmods[]> {
  const found = keys.map(async (key) => {
    const stored = await findKmods(repository, key);
    const isRight = stored?.differences.length === 0;
    return isRight ? [{ kernel: key.kernel.release, descriptor: stored.descriptor }] : [];
  });
  return (await Promise.all(found)).flat();
}

/** The modules in kmods images, by their kernels; throws `invalid-content` where one does not say. */
export async function builtSetsOf(
  repository: Reader,
  kmods: readonly BuiltKmods[],
): Promise<BuiltSets> {
  const sets = kmods.map(async ({ kernel, descriptor }) => {
    return [kernel, await readModuleSets(repository, descriptor)] as const;
  });
  return new Map(await Promise.all(sets));
}

/** Names a kmods image after its key, and after each module and the kernel. */
export async function nameKmods(
  repository: Repository,
  key: KmodsKey,
  descriptor: Descriptor,
): Promise<void> {
  for (const tag of tagsOf(key)) await repository.tag(tag, descriptor);
}

/** Takes a kmods image over from where another channel keeps it. */
export async function copyKmods(
  from: Reader,
  to: Repository,
  { key, descriptor }: { key: KmodsKey; descriptor: Descriptor },
): Promise<void> {
  await copy(from, to, descriptor, { tags: tagsOf(key) });
}

function tagsOf(key: KmodsKey): string[] {
  const modules = key.modules.map((module) => kmodsTag(module, key.kernel.release));
  return [kmodsKeyTag(kmodsKeyDigest(key)), ...modules];
}
