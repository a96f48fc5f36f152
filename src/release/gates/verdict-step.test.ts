import { describe, expect, it } from 'vitest';
import type { Finding } from '../../system/finding.ts';
import { requirePass } from './verdict-step.ts';

const warning = (rule: string): Finding => ({
  rule,
  severity: 'warning',
  message: `${rule} is odd`,
});

describe(requirePass, () => {
  it('tells which warnings there were', () => {
    expect(requirePass('abi', [])).toBe('pass');
    expect(requirePass('abi', [warning('a')], 'ran on tcg')).toBe(
      'pass with 1 warning (a: a is odd); ran on tcg',
    );
    expect(requirePass('abi', ['a', 'b', 'c', 'd', 'e'].map(warning))).toBe(
      'pass with 5 warnings (a: a is odd; b: b is odd; c: c is odd; and 2 more)',
    );
  });

  it('throws what stands against it', () => {
    const findings = [{ ...warning('a'), severity: 'error' as const }];

    expect(() => requirePass('abi', findings)).toThrow('gate abi says no\n  a: a is odd');
  });
});
