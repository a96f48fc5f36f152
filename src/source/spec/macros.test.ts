import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand } from './macros.ts';

const macros = new Map<string, string | undefined>([
  ['version', '1.2'],
  ['url', 'https://y.example.org/%{version}'],
  ['commit', '0123456789abcdef'],
  ['percent', '50%%'],
  ['loop', '%{loop}'],
  ['secret', undefined],
]);

describe(expand, () => {
  it.each([
    ['plain', 'plain'],
    ['y-%{version}.tar.gz', 'y-1.2.tar.gz'],
    ['y-%version', 'y-1.2'],
    ['%{url}/x', 'https://y.example.org/1.2/x'],
    ['100%% %{percent}', '100% 50%'],
    ['%{?version}%{?none}', '1.2'],
    ['%{?version:v%{version}}%{!?version:none}', 'v1.2'],
    ['%{?none:v}%{!?none:^%(c=%{commit}; echo ${c:0:7})}', '^0123456'],
  ])('%s comes to %s', (text, value) => {
    expect(expand(text, macros)).toBe(value);
  });

  it.each([
    '%{none}',
    '%none',
    '%{secret}',
    '%{?secret}',
    '%{loop}',
    '%(date)',
    '%(c=%{none}; echo ${c:0:7})',
    '%{lua:print(1)}',
    '%{expand:x}',
    '%[1+1]',
    '%{?fedora:x}',
    '%{?dist}',
    '%{version',
    '50%',
  ])('leaves %s to rpmbuild', (text) => {
    expect(expand(text, macros)).toBeUndefined();
  });

  it.each(['', 'x'])('leaves macros to rpmbuild that multiply each other, down to "%s"', (last) => {
    const levels = Array.from(
      { length: 12 },
      (_, at) => [`a${at}`, `%a${at + 1}`.repeat(9)] as const,
    );
    const bomb = new Map<string, string | undefined>([...levels, ['a12', last]]);

    expect(expand('%a0', bomb)).toBeUndefined();
  });

  it('leaves what grows without measure to rpmbuild', () => {
    const wide = new Map<string, string | undefined>([['x', 'x'.repeat(1000)]]);

    expect(expand('%x '.repeat(50), wide)).toHaveLength(50_050);
    expect(expand('%x '.repeat(500), wide)).toBeUndefined();
  });

  it('comes to an end with any text', () => {
    const piece = fc.constantFrom('%', '{', '}', '(', ')', '?', '!', ':', 'version', 'loop', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const value = expand(text, macros);

        if (!text.includes('%')) expect(value).toBe(text);
      }),
    );
  });
});
