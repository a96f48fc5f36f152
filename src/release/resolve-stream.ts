import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Stream } from '../config/schema.ts';
import { acquireLock } from '../system/lock.ts';
import type { RunContext } from './context.ts';
import type { Inputs } from './inputs.ts';
import { runId } from './record.ts';
import { type Resolved, resolve } from './resolve.ts';
import { runContext, type StreamOptions } from './run-context.ts';

/** A stream with its inputs, for commands that look and build nothing. */
export interface ResolvedStream extends Resolved {
  context: RunContext;
}

/**
 * Resolves what a stream follows, or takes saved inputs. Packages for an image are chosen in
 * containers, in folders that a run needs too: they take turns (`busy`).
 */
export async function resolveStream(
  stream: Stream,
  options: StreamOptions,
  replay?: Inputs,
): Promise<ResolvedStream> {
  const id = runId(options.now(), randomBytes(2).toString('hex'));
  const context = runContext(stream, { ...options, id });
  const asked = { replay, request: {} };
  if (replay || stream.base.debian) return { context, ...(await resolve(context, asked)) };
  const holder = `lockstep (process ${process.pid})`;
  await using _lock = await acquireLock(context.folders.lock, { holder, signal: options.signal });
  await mkdir(context.folders.scratch, { recursive: true });
  return { context, ...(await resolve(context, asked)) };
}
