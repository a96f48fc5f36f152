import { describe, expect, it } from 'vitest';
import { untilAborted } from './until-aborted.ts';

describe(untilAborted, () => {
  it('ends with the signal, although the work goes on', async () => {
    const aborter = new AbortController();
    const endless = untilAborted(new Promise(() => {}), aborter.signal);
    aborter.abort(new Error('enough'));

    await expect(endless).rejects.toThrow('enough');
    const failing = Promise.reject(new Error('heard by nobody'));
    await expect(untilAborted(failing, aborter.signal)).rejects.toThrow('enough');
  });

  it('gives what the work gives', async () => {
    const { signal } = new AbortController();

    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });
});
