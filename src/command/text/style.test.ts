import { describe, expect, it } from 'vitest';
import { paint, sign, styleOf } from './style.ts';

const terminal = { isTTY: true, columns: 100 };
const xterm = { TERM: 'xterm-256color' };

describe(styleOf, () => {
  it.each([
    ['a terminal', terminal, xterm, true],
    ['a terminal with NO_COLOR', terminal, { ...xterm, NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR', terminal, { ...xterm, NO_COLOR: '' }, true],
    ['a terminal that has none', terminal, { TERM: 'dumb' }, false],
    ['a file', {}, xterm, false],
    ['a file with FORCE_COLOR', {}, { ...xterm, FORCE_COLOR: '1' }, true],
    ['a terminal with FORCE_COLOR=0', terminal, { ...xterm, FORCE_COLOR: '0' }, false],
  ])('decides the colour of %s', (_, stream, env, colour) => {
    expect(styleOf(stream, env).colour).toBe(colour);
    expect(paint(styleOf(stream, env), 'red', 'x')).toBe(colour ? '\u001b[31mx\u001b[39m' : 'x');
  });

  it.each([
    [{ LANG: 'de_DE.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'de_DE.UTF-8', LC_CTYPE: 'C' }, false],
    [{ LANG: 'de_DE', LC_CTYPE: 'C', LC_ALL: 'C.UTF-8' }, true],
    [{ LC_ALL: '', LANG: 'C.UTF-8' }, true],
    [{ LC_ALL: 'POSIX', LANG: 'C.UTF-8' }, false],
    [{}, false],
  ])('takes from %j whether signs can be shown', (env, unicode) => {
    const style = styleOf(terminal, env);

    expect(style.unicode).toBe(unicode);
    expect([sign(style, 'arrow'), sign(style, 'done')]).toEqual(unicode ? ['→', '✓'] : ['->', '+']);
  });

  it('knows the width of terminals only', () => {
    expect(styleOf(terminal, {}).width).toBe(100);
    expect(styleOf({ isTTY: true }, {}).width).toBe(80);
    expect(styleOf({ columns: 100 }, {}).width).toBe(Number.POSITIVE_INFINITY);
  });
});
