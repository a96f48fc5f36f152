import { silent } from '../../system/event.ts';
import type { Context } from '../context/context.ts';
import { styleOf } from '../text/style.ts';
import { githubRenderer } from './github.ts';
import { liveRenderer } from './live.ts';
import { plainRenderer } from './plain.ts';

import type { Renderer } from './renderer.ts';

/** Nothing when it should be quiet; a live table on a terminal, groups on GitHub, plain lines everywhere else. */
export function rendererFor(context: Pick<Context, 'stderr' | 'env' | 'detail'>): Renderer {
  if (context.detail === 'quiet') return { emit: silent, close: () => undefined };
  if (context.env.GITHUB_ACTIONS === 'true') return githubRenderer(context.stderr);
  const dumb = context.env.TERM === 'dumb' || Boolean(context.env.CI);
  const verbose = context.detail === 'verbose';
  if (context.stderr.isTTY && !dumb && !verbose) {
    return liveRenderer(context.stderr, styleOf(context.stderr, context.env));
  }
  return plainRenderer(context.stderr, { verbose });
}
