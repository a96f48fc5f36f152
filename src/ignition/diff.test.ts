import { describe, expect, it } from 'vitest';
import { hideInChange } from './diff.ts';

const secrets = new Set(['horse']);

describe('hideInChange', () => {
  it('tells nothing of a change with a secret on either side', () => {
    const change = { name: 'files[/horse]', before: 'the last one', after: 'horse' };

    expect(hideInChange(change, secrets)).toEqual({
      name: 'files[/***]',
      before: '***',
      after: '*** (changed)',
    });
    expect(hideInChange({ name: 'a', after: 'horse' }, secrets)).toEqual({
      name: 'a',
      after: '***',
    });
  });

  it('leaves others as they are', () => {
    const change = { name: 'a', before: 'x', after: 'y' };

    expect(hideInChange(change, secrets)).toEqual(change);
  });
});
