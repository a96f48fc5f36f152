import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Buildah, openBuildah, removeStorage } from '../../container/buildah.ts';
import { abandonedLooks } from '../channel/leftovers.ts';
import type { RunContext } from './run-context.ts';

/** The container tool on the storage of a run: what one step has unpacked, the next finds there. */
export function buildahOf({ env, signal, folders }: RunContext): Promise<Buildah> {
  return openBuildah({ storage: folders.storage, env, signal, root: process.getuid?.() === 0 });
}

/** Removes what killed commands have left that only look; not what others are working in. */
export async function removeLooks({
  env,
  now,
  folders,
}: Pick<RunContext, 'env' | 'now' | 'folders'>): Promise<void> {
  for (const look of await abandonedLooks(folders, now())) {
    await removeContainers({ env, folders: { ...folders, storage: join(look, 'storage') } });
    await rm(look, { recursive: true, force: true });
  }
}

/** Removes that storage with all that is in it, also one that a killed run has left. */
export async function removeContainers({
  env,
  folders: { storage },
}: Pick<RunContext, 'env' | 'folders'>): Promise<void> {
  if (existsSync(storage)) await removeStorage({ storage, env, root: process.getuid?.() === 0 });
}
