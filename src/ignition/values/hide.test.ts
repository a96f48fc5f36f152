import { describe, expect, it } from 'vitest';
import { hideIn, hideInFields } from './hide.ts';

const secrets = new Set(['', 'horse', 'horse-battery', '4711']);

describe('hideIn', () => {
  it('leaves nothing of a secret that holds another one', () => {
    expect(hideIn('a horse-battery, a horse', secrets)).toBe('a ***, a ***');
  });
});

describe('hideInFields', () => {
  it('hides texts and numbers wherever they stand, and keeps the length of contents', () => {
    const source = 'data:,horse';

    expect(hideInFields({ list: [{ path: '/horse', source }], size: 4711, n: 1 }, secrets)).toEqual(
      { list: [{ path: '/***', source }], size: '***', n: 1 },
    );
  });
});
