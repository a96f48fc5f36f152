import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeRange, standingOf } from './range.ts';

describe(standingOf, () => {
  it.each([
    ['6.1.0-56-cloud-amd64', { max: '6.1' }, 'inside'],
    ['6.10.2-amd64', { max: '6.1' }, 'above'],
    ['6.9.12+deb13-amd64', { max: '6.10' }, 'inside'],
    ['6.10.0-amd64', { min: '6.9' }, 'inside'],
    ['6.2.0-amd64', { max: '6.1' }, 'above'],
    ['7.0.4+deb13-amd64', { max: '6.19' }, 'above'],
    ['5.10.0-30-amd64', { min: '5.4', max: '5.15' }, 'inside'],
    ['4.9.0-1-amd64', { min: '4.18' }, 'below'],
    ['6.1.30-1', { max: '6.1.20' }, 'above'],
    ['amd64', { max: '6.1' }, 'unknown'],
  ])('puts %s against %j %s', (release, range, standing) => {
    expect(standingOf(release, range)).toBe(standing);
  });

  it('compares as pairs of numbers do', () => {
    const part = fc.nat(30);
    fc.assert(
      fc.property(part, part, part, part, fc.nat(200), (major, minor, max, maxMinor, patch) => {
        const above = major > max || (major === max && minor > maxMinor);

        const standing = standingOf(`${major}.${minor}.${patch}-1-amd64`, {
          max: `${max}.${maxMinor}`,
        });

        expect(standing).toBe(above ? 'above' : 'inside');
      }),
    );
  });
});

describe(describeRange, () => {
  it('says both ends, one, or none', () => {
    expect(describeRange({ min: '4.18', max: '6.14' })).toBe('Linux 4.18 to 6.14');
    expect(describeRange({ min: '6.14', max: '6.14' })).toBe('Linux 6.14');
    expect(describeRange({ max: '6.14' })).toBe('Linux up to 6.14');
    expect(describeRange({ min: '4.18' })).toBe('Linux from 4.18 on');
    expect(describeRange({})).toBe('any Linux');
  });
});
