import { describe, expect, it } from 'vitest';
import { age, duration, moment } from './duration.ts';

describe(duration, () => {
  it.each([
    [0, '0 seconds'],
    [61, '1 minute'],
    [7200, '2 hours'],
    [6.9 * 86_400, '6 days'],
  ])('reads %d seconds as %j', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe(moment, () => {
  const local = new Date(2026, 10, 20, 7, 30, 59);

  it('is the time of the machine, with the age', () => {
    const now = new Date(local.getTime() + 6.5 * 86_400_000);

    expect(moment(local.toISOString(), now)).toBe('2026-11-20 07:30, 6 days ago');
  });

  it('is not in the future, whatever the clock that wrote it said', () => {
    expect(age(local.toISOString(), new Date(2026, 10, 20, 7))).toBe('0 seconds ago');
  });
});
