import type { Context } from '../context.ts';
import { githubRenderer } from './github.ts';
import { liveRenderer } from './live.ts';
import { plainRenderer } from './plain.ts';

import type { Renderer } from './renderer.ts';

/** A live table on a terminal, groups on GitHub, plain lines everywhere else. */
export function rendererFor(context: Pick<Context, 'stderr' | 'env'>): Renderer {
  if (context.env.GITHUB_ACTIONS === 'true') return githubRenderer(context.stderr);
  const dumb = context.env.TERM === 'dumb' || Boolean(context.env.CI);
  if (context.stderr.isTTY && !dumb) return liveRenderer(context.stderr);
  return plainRenderer(context.stderr);
}
