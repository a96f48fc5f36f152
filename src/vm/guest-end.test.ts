import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuestEnder } from './guest-end.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function anEnder(signal?: AbortSignal, begun = true) {
  const done: string[] = [];
  const control = { ask: () => done.push('ask'), kill: () => done.push('kill') };
  const limits = { deadline: 60_000, silence: 10_000, ...(signal ? { signal } : {}) };
  const ender = new GuestEnder(control, limits);
  if (begun) ender.begin();
  return { ender, done };
}

describe('GuestEnder', () => {
  it('asks a silent guest where it hangs before it ends it', () => {
    const { ender, done } = anEnder();

    vi.advanceTimersByTime(10_000);
    expect([ender.end, done]).toEqual(['silence', ['ask']]);
    ender.heard();
    vi.advanceTimersByTime(2000);

    expect([ender.end, done]).toEqual(['silence', ['ask', 'kill']]);
  });

  it('lets a guest that speaks go on until the deadline', () => {
    const { ender, done } = anEnder();

    for (let second = 0; second < 59; second++) {
      vi.advanceTimersByTime(1000);
      ender.heard();
    }
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1000);

    expect([ender.end, done]).toEqual(['deadline', ['ask']]);
  });

  it('gives a guest that waits for us all the time that it takes', () => {
    const { ender, done } = anEnder(undefined, false);

    vi.advanceTimersByTime(100_000);
    expect(done).toEqual([]);
    ender.begin();
    vi.advanceTimersByTime(10_000);

    expect([ender.end, done]).toEqual(['silence', ['ask']]);
  });

  it('throws what went wrong on this side, which is no verdict either', () => {
    const { ender, done } = anEnder();

    ender.fail(new Error('the disk is full'));

    expect([ender.end, done]).toEqual([undefined, ['kill']]);
    expect(() => ender.check()).toThrow('the disk is full');
  });

  it('gives a lost guest time for its last words, once', () => {
    const { ender, done } = anEnder();

    ender.lost();
    vi.advanceTimersByTime(1500);
    ender.lost();
    vi.advanceTimersByTime(500);

    expect([ender.end, done]).toEqual(['sign', ['kill']]);
  });

  it('ends the guest with the signal, which is no verdict', () => {
    const aborter = new AbortController();
    const { ender, done } = anEnder(aborter.signal);

    aborter.abort();

    expect([ender.end, done]).toEqual([undefined, ['kill']]);
    expect(() => ender.check()).toThrow('aborted');
  });

  it('does nothing when it is over', () => {
    const { ender, done } = anEnder();

    ender.lost();
    ender[Symbol.dispose]();
    ender.begin();
    vi.advanceTimersByTime(100_000);

    expect(done).toEqual([]);
  });
});
