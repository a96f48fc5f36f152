import { decompressAside } from '../../../file/compression/compression.ts';
import { mapAhead } from '../../../system/concurrency.ts';
import { LockstepError } from '../../../system/error.ts';
import type { ModuleInput } from '../kernel/kernel.ts';

/** No module is larger; a decompressed one above this is not read. */
export const MODULE_LIMIT = 512 << 20;

/** Modules that are unpacked beside the kernel and each other; more would only take memory. */
export const AT_ONCE = 2;

/** Modules without their compression, which is undone on other threads, also ahead of the caller. */
export function unpackModules(
  inputs: AsyncIterable<ModuleInput> | Iterable<ModuleInput>,
  atOnce: number = AT_ONCE,
): AsyncGenerator<ModuleInput> {
  return mapAhead(inputs, atOnce, unpackModule);
}

/** One of them. What is damaged stays as it is, for `inspectModule` to tell. */
export async function unpackModule(input: ModuleInput): Promise<ModuleInput> {
  try {
    return { ...input, unpacked: await decompressAside(input.content, MODULE_LIMIT) };
  } catch (error) {
    if (error instanceof LockstepError) return input;
    throw error;
  }
}
