import type { Event } from '../../system/event.ts';
import type { Renderer } from './renderer.ts';

const WORD = {
  started: 'start',
  done: 'done',
  reused: 'reuse',
  skipped: 'skip',
  failed: 'FAIL',
} as const;

/**
 * One line for each thing that happens, for logs; the lines of programs are left to their files
 * unless all is to be shown.
 */
export function plainRenderer(
  out: NodeJS.WritableStream,
  { verbose = false }: { verbose?: boolean } = {},
): Renderer {
  return {
    emit: (event) => {
      const line = verbose && event.type === 'line' ? `    ${event.line}` : lineOf(event);
      if (line) out.write(`${line}\n`);
    },
    close: () => {},
  };
}

/** The line for an event, or undefined for those that are not shown. */
export function lineOf(event: Event): string | undefined {
  if (event.type === 'note') return event.message;
  if (event.type === 'line') return undefined;
  const said = event.message ? `: ${event.message}` : '';
  return `${event.stream}  ${WORD[event.state].padEnd(5)}  ${event.step}${said}`;
}
