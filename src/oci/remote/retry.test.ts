import { describe, expect, it } from 'vitest';
import { LockstepError } from '../../system/error.ts';
import { mayPass, parseRetryAfter, withRetries } from './retry.ts';

const failed = (status: number, retryAfter?: number) =>
  new LockstepError('registry', `status ${status}`, { context: { status, retryAfter } });

describe('mayPass', () => {
  it.each([
    [failed(429), true],
    [failed(503), true],
    [failed(400), false],
    [new LockstepError('network', 'x', { context: { reason: 'ECONNRESET' } }), true],
    [new LockstepError('network', 'x', { context: { reason: 'ENOTFOUND' } }), false],
    [new LockstepError('digest-mismatch', 'x'), false],
    [new Error('x'), false],
  ])('%s: %s', (error, expected) => {
    expect(mayPass(error)).toBe(expected);
  });
});

describe('withRetries', () => {
  it('tries again until it works, and no longer than told', async () => {
    const options = { attempts: 4, pause: 1 };
    let calls = 0;
    const flaky = async () => {
      calls += 1;
      if (calls < 4) throw failed(500);
      return calls;
    };

    expect(await withRetries(flaky, options)).toBe(4);
    calls = -10;
    await expect(withRetries(flaky, options)).rejects.toMatchObject({ context: { status: 500 } });
    expect(calls).toBe(-6);
  });

  it('does what the server says, but does not wait for ever', async () => {
    const before = performance.now();
    let calls = 0;
    await withRetries(async () => {
      calls += 1;
      if (calls === 1) throw failed(429, 50);
    });

    expect(performance.now() - before).toBeGreaterThan(45);
    await expect(
      withRetries(async () => {
        throw failed(429, 3_600_000);
      }),
    ).rejects.toMatchObject({ code: 'registry' });
  });

  it('ends at once when it is told to', async () => {
    const signal = AbortSignal.timeout(20);
    const never = withRetries(
      async () => {
        throw failed(503, 60_000);
      },
      { signal },
    );

    await expect(never).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('parseRetryAfter', () => {
  it('reads seconds and dates', () => {
    const now = new Date('2026-11-20T08:00:00Z');

    expect(parseRetryAfter('7', now)).toBe(7000);
    expect(parseRetryAfter('Fri, 20 Nov 2026 08:00:05 GMT', now)).toBe(5000);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter(undefined, now)).toBeUndefined();
  });
});
