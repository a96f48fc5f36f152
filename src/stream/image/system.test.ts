import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOsRelease } from './system.ts';

describe(parseOsRelease, () => {
  it('takes quotes off and leaves comments and unknown lines alone', () => {
    const text = '# a comment\nNAME="Fedora Linux"\nID=fedora\nVERSION_ID="41"\nVARIANT=\n';

    expect(parseOsRelease(text)).toEqual({ id: 'fedora', version: '41' });
  });

  it('has the defaults of os-release(5) for what is absent', () => {
    expect(parseOsRelease('')).toEqual({ id: 'linux', version: '0' });
  });

  it('reads any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseOsRelease(text)));
  });
});
