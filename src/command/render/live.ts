import { stripVTControlCharacters } from 'node:util';
import type { Event, StepState } from '../../system/event.ts';
import { paint, type Style, sign } from '../text/style.ts';
import type { Renderer } from './renderer.ts';

interface Row {
  name: string;
  state: StepState;
  message: string;
  since: number;
  seconds: number;
}

interface Screen extends NodeJS.WritableStream {
  columns?: number;
}

const COLOUR = {
  started: 'cyan',
  done: 'green',
  reused: 'green',
  skipped: 'dim',
  failed: 'red',
} as const satisfies Record<StepState, string>;

const PAUSE = 100;

/** A table that is drawn over itself: a row for each step, and what the current one last said. */
export function liveRenderer(
  out: Screen,
  style: Style,
  clock: () => number = () => performance.now(),
): Renderer {
  const rows = new Map<string, Row>();
  let drawn = 0;
  const draw = () => {
    const width = Math.max(20, out.columns ?? 80);
    const lines = [...rows.values()].map((row) => fit(rowText(row, clock(), style), width, style));
    out.write(
      `${drawn > 0 ? `\u001b[${drawn}A` : ''}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`,
    );
    drawn = lines.length;
  };
  const timer = setInterval(draw, PAUSE);
  timer.unref();
  return {
    emit: (event) => {
      if (event.type === 'note') {
        out.write(`${drawn > 0 ? `\u001b[${drawn}A\u001b[J` : ''}${event.message}\n`);
        drawn = 0;
      } else {
        update(rows, event, clock());
      }
    },
    close: () => {
      clearInterval(timer);
      draw();
    },
  };
}

function update(
  rows: Map<string, Row>,
  event: Exclude<Event, { type: 'note' }>,
  now: number,
): void {
  const name = `${event.stream} ${event.step}`;
  const row = rows.get(name) ?? { name, state: 'started', message: '', since: now, seconds: 0 };
  rows.set(name, row);
  if (event.type === 'line') {
    row.message = stripVTControlCharacters(event.line).replaceAll(/\s+/g, ' ').trim();
    return;
  }
  row.state = event.state;
  row.message = event.message?.split('\n')[0] ?? '';
  row.seconds = (now - row.since) / 1000;
}

function rowText(row: Row, now: number, style: Style): string {
  const seconds = row.state === 'started' ? (now - row.since) / 1000 : row.seconds;
  const time = seconds >= 1 ? `${Math.round(seconds)}s` : '';
  const mark = paint(style, COLOUR[row.state], sign(style, row.state));
  return `${mark} ${row.name.padEnd(24)} ${time.padStart(5)}  ${row.message}`;
}

/** Cuts a line to the width of the screen; the mark's colour codes take no room. */
function fit(line: string, width: number, style: Style): string {
  const cut = sign(style, 'cut');
  const plain = stripVTControlCharacters(line);
  return plain.length < width
    ? line
    : line.slice(0, line.length - (plain.length - width) - 1 - cut.length) + cut;
}
