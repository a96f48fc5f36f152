import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { debNameOf } from './deb-name.ts';

const name = fc
  .string({ unit: fc.constantFrom(...'abXY09_-.'.split('')), minLength: 1, maxLength: 8 })
  .filter((text) => /^[A-Za-z0-9]/.test(text));

describe(debNameOf, () => {
  it.each([
    ['zfs', 'zfs'],
    ['nf_nat_rtsp', 'nf-nat-rtsp'],
    ['xt_ACCOUNT', 'xt-+account'],
    ['rtl8812AU_b', 'rtl8812+au-+b'],
    ['NVidia', 'nv+idia+'],
  ])('%s: %s', (from, to) => {
    expect(debNameOf(from)).toBe(to);
  });

  it('gives a name that Debian takes, and one for each that is another to modprobe', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const asModprobe = (text: string) => text.replaceAll('-', '_');
        expect(debNameOf(one)).toMatch(/^[a-z0-9][a-z0-9+.-]*$/);
        expect(debNameOf(one) === debNameOf(other)).toBe(asModprobe(one) === asModprobe(other));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps apart what differs in capitals alone', () => {
    fc.assert(
      fc.property(name, fc.array(fc.boolean()), (one, capitals) => {
        const other = one
          .split('')
          .map((letter, at) => (capitals[at] ? letter.toUpperCase() : letter))
          .join('');
        expect(debNameOf(one) === debNameOf(other)).toBe(one === other);
      }),
      { numRuns: 2000 },
    );
  });
});
