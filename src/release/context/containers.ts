import { existsSync } from 'node:fs';
import { type Buildah, openBuildah, removeStorage } from '../../container/buildah.ts';
import type { RunContext } from './run-context.ts';

/** The container tool on the storage of a run: what one step has unpacked, the next finds there. */
export function buildahOf({ env, signal, folders }: RunContext): Promise<Buildah> {
  return openBuildah({ storage: folders.storage, env, signal, root: process.getuid?.() === 0 });
}

/** Removes that storage with all that is in it, also one that a killed run has left. */
export async function removeContainers({
  env,
  folders: { storage },
}: Pick<RunContext, 'env' | 'folders'>): Promise<void> {
  if (existsSync(storage)) await removeStorage({ storage, env, root: process.getuid?.() === 0 });
}
