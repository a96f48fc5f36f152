import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stream } from '../../config/schema.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { foldersOf } from '../channel/folders.ts';
import { removeContainers } from '../context/containers.ts';
import { runContext, type StreamOptions } from '../context/new-run.ts';
import type { RunContext } from '../context/run-context.ts';
import { runId } from '../record/run-name.ts';
import { type Resolved, type ResolveOptions, resolve } from './resolve.ts';

/** A stream with its inputs, for commands that look and build nothing. */
export interface ResolvedStream extends Resolved {
  context: RunContext;
}

/**
 * Resolves what a stream follows, or takes saved inputs. It needs no lock: what has to be unpacked
 * to choose packages lies apart from what a run may be using, and is gone afterwards.
 */
export async function resolveStream(
  stream: Stream,
  options: StreamOptions,
  asked: ResolveOptions,
): Promise<ResolvedStream> {
  const project = foldersOf(options.project);
  await mkdir(project.work, { recursive: true });
  await using scratch = await temporaryFolder(project.work);
  const folders = { ...project, scratch: scratch.path, storage: join(scratch.path, 'storage') };
  const id = runId(options.now(), 'look');
  const context = runContext(stream, { ...options, folders, id });
  try {
    return { context, ...(await resolve(context, asked)) };
  } finally {
    await removeContainers(context);
  }
}
