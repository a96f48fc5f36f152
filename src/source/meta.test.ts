import { describe, expect, it } from 'vitest';
import { parseMeta } from './meta.ts';

describe(parseMeta, () => {
  it('reads version and range, and keeps 6.10 apart from 6.1', () => {
    const text =
      'Meta:          1\nName:          zfs\nVersion:       2.2.6\nLinux-Maximum: 6.10\nLinux-Minimum: 3.10\n';

    expect(parseMeta(text)).toEqual({ version: '2.2.6', range: { min: '3.10', max: '6.10' } });
  });

  it('states nothing for a source without META, nor for values that are no versions', () => {
    expect(parseMeta('')).toEqual({ range: {} });
    expect(parseMeta('Linux-Maximum: any\n').range.max).toBeUndefined();
  });
});
