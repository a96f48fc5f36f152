import type { Stream } from '../../config/schema.ts';
import { lookApart } from '../context/look-apart.ts';
import type { StreamOptions } from '../context/new-run.ts';
import type { RunContext } from '../context/run-context.ts';
import { type Resolved, type ResolveOptions, resolve } from './resolve.ts';

/** A stream with its inputs, for commands that look and build nothing. */
export interface ResolvedStream extends Resolved {
  context: RunContext;
}

/** Resolves what a stream follows, or takes saved inputs, beside a run that may be under way. */
export function resolveStream(
  stream: Stream,
  options: StreamOptions,
  asked: ResolveOptions,
): Promise<ResolvedStream> {
  return lookApart(stream, options, async (context) => ({
    context,
    ...(await resolve(context, asked)),
  }));
}
