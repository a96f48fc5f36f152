import type { Descriptor } from './descriptor.ts';
import type { Repository } from './repository.ts';

/**
 * Removes a manifest with these tags of it, and reads back that they are gone: some registries
 * keep the tags of what they delete (go-containerregistry's), some answer before it is done.
 * Gives the names that still stand.
 */
export async function removeManifest(
  repository: Repository,
  descriptor: Descriptor,
  tags: readonly string[],
): Promise<string[]> {
  const stands = async (name: string) =>
    (await repository.resolve(name))?.digest === descriptor.digest;
  await repository.delete(descriptor);
  for (const tag of tags) if (await stands(tag)) await repository.untag(tag);
  const left: string[] = [];
  for (const name of [descriptor.digest, ...tags]) if (await stands(name)) left.push(name);
  return left;
}
