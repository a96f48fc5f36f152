import { annotation, data } from './job.ts';
import { lineOf } from './plain.ts';
import type { Renderer } from './renderer.ts';

/** A foldable group for each step with the lines of its programs inside (GitHub workflow commands). */
export function githubRenderer(out: NodeJS.WritableStream): Renderer {
  let open = false;
  const close = () => {
    if (open) out.write('::endgroup::\n');
    open = false;
  };
  return {
    emit: (event) => {
      if (event.type === 'line') out.write(`${defused(event.line)}\n`);
      if (event.type === 'note') out.write(`${defused(event.message)}\n`);
      if (event.type !== 'step') return;
      close();
      if (event.state === 'started') {
        out.write(`::group::${event.stream}: ${event.step}\n`);
        open = true;
        return;
      }
      const line = lineOf(event) ?? '';
      out.write(event.state === 'failed' ? annotation({ message: line }) : `${data(line)}\n`);
    },
    close,
  };
}

/** What programs print must not be taken for a workflow command. */
function defused(line: string): string {
  return line.replace(/^(\s*)(::|##\[)/, '$1\u200b$2');
}
