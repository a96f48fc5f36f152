import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stream } from '../config/schema.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { removeContainers } from './containers.ts';
import type { RunContext } from './context.ts';
import { foldersOf } from './folders.ts';
import { runId } from './record.ts';
import { type Resolved, type ResolveOptions, resolve } from './resolve.ts';
import { runContext, type StreamOptions } from './run-context.ts';

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
