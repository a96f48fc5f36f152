import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenges } from './challenge.ts';

describe('parseChallenges', () => {
  it.each([
    [
      'Bearer realm="https://a/token",service="a",scope="repository:b:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: { realm: 'https://a/token', service: 'a', scope: 'repository:b:pull,push' },
        },
      ],
    ],
    ['Basic realm="x"', [{ scheme: 'basic', parameters: { realm: 'x' } }]],
    [
      'Basic realm="a \\"b\\"", Bearer realm=c',
      [
        { scheme: 'basic', parameters: { realm: 'a "b"' } },
        { scheme: 'bearer', parameters: { realm: 'c' } },
      ],
    ],
    ['Negotiate', [{ scheme: 'negotiate', parameters: {} }]],
    ['', []],
  ])('reads %j', (header, expected) => {
    expect(parseChallenges(header)).toEqual(expected);
  });

  it('comes to an end, whatever the header', () => {
    fc.assert(fc.property(fc.string(), (header) => parseChallenges(header).length <= 10));
  });
});
