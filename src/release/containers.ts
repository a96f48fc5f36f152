import { type Buildah, openBuildah, removeStorage } from '../build/buildah.ts';
import type { RunContext } from './context.ts';

/** Containers live in a storage that is made for one step and removed after it. */
export async function withBuildah<T>(
  { env, signal, folders }: RunContext,
  use: (buildah: Buildah) => Promise<T>,
): Promise<T> {
  const options = { storage: folders.storage, env, signal, root: process.getuid?.() === 0 };
  try {
    return await use(await openBuildah(options));
  } finally {
    await removeStorage({ ...options, signal: undefined });
  }
}
