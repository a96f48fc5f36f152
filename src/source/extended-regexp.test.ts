import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extendedRegExp } from './extended-regexp.ts';

describe(extendedRegExp, () => {
  it.each([
    ['^6\\.1[.-]', '6.1.0', true],
    ['^[[:digit:]]+[.][^12]$', '6.3', true],
    ['[]a]b', ']b', true],
    ['[\\.]', '\\', true],
    ['^(5|6)\\.', '7.1', false],
  ])('matches %s with %s as POSIX does', (pattern, text, matches) => {
    expect(extendedRegExp(pattern)?.test(text)).toBe(matches);
  });

  it.each(['\\d', '(?=a)', 'a**', '[[.a.]]', '(', 'a{', '\\<a', '*a'])(
    'does not guess what %s is',
    (pattern) => expect(extendedRegExp(pattern)).toBeUndefined(),
  );

  it('never answers otherwise than bash', () => {
    const letters = ['6', '1', 'a', '-', '.', '\\.', '*', '+', '?', '|', '(', ')', '^', '$', '\\'];
    const sets = ['[', ']', '[^6]', '[[:alpha:]]', '{1,2}', '[1-6]', '\\-', '\\['];
    const piece = fc.constantFrom(...letters, ...sets);
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const pattern = pieces.join('');
        const ours = extendedRegExp(pattern)?.test('6.1-a[6]');
        if (ours != null) expect(asBashSays(pattern, '6.1-a[6]'), pattern).toBe(ours);
      }),
      { numRuns: 400 },
    );
  });
});

function asBashSays(pattern: string, text: string): boolean {
  const { status } = spawnSync('bash', ['-c', '[[ $2 =~ $1 ]]', 'bash', pattern, text]);
  return status === 0;
}
