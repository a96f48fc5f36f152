import { describe, expect, it } from 'vitest';
import { exitCodeOf, fileFaultOf, LockstepError } from './error.ts';

describe('exitCodeOf', () => {
  it.each([
    [1, new LockstepError('gate-failed', 'no')],
    [2, new LockstepError('config', 'yours')],
    [3, new LockstepError('registry', 'theirs')],
    [4, new LockstepError('bug', 'ours')],
    [4, new Error('unforeseen')],
    [2, Object.assign(new Error('write'), { code: 'ENOSPC' })],
    [2, Object.assign(new Error('mkdir'), { code: 'ENOTDIR', path: '/a/file/b' })],
    [2, Object.assign(new Error('open'), { code: 'EROFS', path: '/mnt/a' })],
    [4, Object.assign(new Error('open'), { code: 'ENOENT', path: '/a' })],
    [4, Object.assign(new Error('bind'), { code: 'EACCES' })],
  ])('is %i for %s', (expected, error) => {
    expect(exitCodeOf(error)).toBe(expected);
  });
});

describe(fileFaultOf, () => {
  it.each([
    [
      { code: 'EACCES', path: '/a', syscall: 'mkdir' },
      'not-allowed',
      '/a: this user may not do that (mkdir)',
    ],
    [{ code: 'EROFS', path: '/a' }, 'not-allowed', '/a: nothing can be written there'],
    [{ code: 'ENOSPC', syscall: 'write' }, 'disk-full', 'the disk is full (write)'],
  ])('says what %j is', (fault, code, message) => {
    expect(fileFaultOf(Object.assign(new Error('as Node says it'), fault))).toMatchObject({
      code,
      message,
      hint: expect.any(String) as string,
    });
  });

  it('leaves what is no fault of files', () => {
    expect(fileFaultOf(Object.assign(new Error('bind'), { code: 'EACCES' }))).toBeUndefined();
    expect(fileFaultOf(new Error('unforeseen'))).toBeUndefined();
    expect(fileFaultOf('text')).toBeUndefined();
  });
});

describe(LockstepError, () => {
  it('masks secrets in message, hint and context', () => {
    const error = new LockstepError('network', 'GET https://a:b@c/', {
      hint: 'password=x',
      context: { url: 'https://a:b@c/', status: 401, none: undefined },
    });

    expect(`${error.message} ${error.hint}`).not.toMatch(/a:b|=x/);
    expect(error.context).toEqual({ url: 'https://***@c/', status: 401 });
  });
});
