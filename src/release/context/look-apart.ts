import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stream } from '../../config/schema.ts';
import { acquireLock } from '../../system/lock.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { type Folders, foldersOf } from '../channel/folders.ts';
import { lockOfLook } from '../channel/leftovers.ts';
import { runId } from '../record/run-name.ts';
import { removeContainers } from './containers.ts';
import { runContext, type StreamOptions } from './new-run.ts';
import type { RunContext } from './run-context.ts';

/** Works on a stream without the lock of its runs. */
export function lookApart<T>(
  stream: Stream,
  options: StreamOptions,
  work: (context: RunContext) => Promise<T>,
): Promise<T> {
  const id = runId(options.now(), 'look');
  return workApart(options, (folders) => work(runContext(stream, { ...options, folders, id })));
}

/**
 * Gives folders for work without the lock of a project's runs: what has to be unpacked to choose
 * packages lies apart from what a run may be using, and is gone afterwards.
 */
export async function workApart<T>(
  options: Pick<StreamOptions, 'project' | 'env'>,
  work: (folders: Folders) => Promise<T>,
): Promise<T> {
  const project = foldersOf(options.project);
  await mkdir(project.work, { recursive: true });
  await using scratch = await temporaryFolder(project.work);
  await using _lock = await acquireLock(lockOfLook(scratch.path));
  const folders = { ...project, scratch: scratch.path, storage: join(scratch.path, 'storage') };
  try {
    return await work(folders);
  } finally {
    await removeContainers({ env: options.env, folders });
  }
}
