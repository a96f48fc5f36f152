import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PLAIN, type Style } from '../text/style.ts';
import { githubRenderer } from './github.ts';
import { liveRenderer } from './live.ts';
import { plainRenderer } from './plain.ts';
import { showRun } from './run.ts';

function aScreen(columns = 60) {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return Object.assign(stream, { columns, text: () => text });
}

const step = (state: 'started' | 'done' | 'failed', message?: string) =>
  ({ type: 'step', stream: 's', step: 'build', state, message }) as const;

describe('plainRenderer', () => {
  it('writes a line for each step and leaves out what programs print', () => {
    const screen = aScreen();
    const renderer = plainRenderer(screen);

    renderer.emit(step('started'));
    renderer.emit({ type: 'line', stream: 's', step: 'build', line: 'CC a.o' });
    renderer.emit(step('done', '2 packages'));

    expect(screen.text()).toBe('s  start  build\ns  done   build: 2 packages\n');
  });
});

describe('githubRenderer', () => {
  it('puts the lines of a step into a group and a failure on one line', () => {
    const screen = aScreen();
    const renderer = githubRenderer(screen);

    renderer.emit(step('started'));
    renderer.emit({ type: 'line', stream: 's', step: 'build', line: '::set-output name=x::y' });
    renderer.emit(step('failed', 'first\nsecond'));
    renderer.close();

    expect(screen.text()).toBe(
      '::group::s: build\n\u200b::set-output name=x::y\n::endgroup::\n::error::s  FAIL   build: first%0Asecond\n',
    );
  });
});

describe('liveRenderer', () => {
  const lastLine = (style: Style) => {
    const screen = aScreen(40);
    const renderer = liveRenderer(screen, style, () => 0);
    renderer.emit(step('started'));
    renderer.emit({ type: 'line', stream: 's', step: 'build', line: 'x'.repeat(200) });
    renderer.close();
    return screen.text().split('\u001b[2K').at(-1)?.trimEnd() ?? '';
  };

  it('shows no line wider than the screen', () => {
    const last = stripVTControlCharacters(lastLine({ ...PLAIN, colour: true, unicode: true }));

    expect(last).toMatch(/^▸ s build .*x…$/);
    expect(last.length).toBeLessThanOrEqual(40);
  });

  it('is of ASCII without colours where the terminal takes no more', () => {
    const last = lastLine(PLAIN);

    expect(last).toMatch(/^> s build [ -~]*x\.\.\.$/);
    expect(last.length).toBeLessThanOrEqual(40);
  });
});

describe(showRun, () => {
  it('names the modules of an image of modules where they are known, and has no empty line', () => {
    const kmods = { kernel: '6.1', tag: 'zfs-2.1_kernel-6.1', digest: 'sha256:0' };
    const record = {
      schema_version: 1,
      id: 'x',
      stream: 's',
      started: '',
      finished: '',
      outcome: 'unchanged',
      steps: [],
    } as const;
    const shown = (modules?: Record<string, string[]>) =>
      showRun({ ...record, steps: [], kmods: [{ ...kmods, ...(modules && { modules }) }] }, PLAIN);

    expect(shown({ zfs: ['spl', 'zfs'] })).toContain('modules  spl, zfs');
    expect(shown()).not.toContain('modules');
  });
});
