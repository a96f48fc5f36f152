import { describe, expect, it } from 'vitest';
import { passes } from '../../system/finding.ts';
import { agreementOf, type TwoRanges } from './agreement.ts';

const range = { min: '4.18', max: '7.0' };

function agree(over: Partial<TwoRanges>) {
  return agreementOf({ version: '2.4.2', tarball: range, tag: range, ...over });
}

describe(agreementOf, () => {
  it('has nothing to say when both say the same', () => {
    expect(agree({})).toEqual([]);
  });

  it('names both when they differ', () => {
    const [finding] = agree({ tag: { min: '4.18', max: '6.19' } });

    expect(finding).toMatchObject({
      rule: 'meta-disagreement',
      severity: 'warning',
      message: expect.stringMatching(/tarball says Linux 4.18 to 7.0, the tag says .* 6.19/),
    });
  });

  it('says that it could not ask the tag', () => {
    const findings = agree({ tag: undefined });

    expect(findings.map(({ rule }) => rule)).toEqual(['meta-of-tag-missing']);
    expect(passes(findings)).toBe(true);
  });

  it.each([{ max: '99.99' }, {}, { max: '100.1' }, { max: '7.0 ' }, { max: '7.0.1' }])(
    'refuses a tarball that says %j, although the tag says better',
    (tarball) => {
      expect(() => agree({ tarball })).toThrow(
        expect.objectContaining({
          code: 'gate-failed',
          message: expect.stringContaining('the tag says Linux 4.18 to 7.0'),
        }),
      );
    },
  );
});
