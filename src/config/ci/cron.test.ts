import { describe, expect, it } from 'vitest';
import { cronProblem } from './cron.ts';

describe('cronProblem', () => {
  it.each([
    '0 6 * * *',
    '0 2 * * 0',
    '11 8 * * *',
    '*/5 * * * *',
    '20/15 * * * *',
    '0,30 4-6 1,15 JAN-MAR *',
    '0 0 * * mon-fri',
    '58,3 23,0 * * *',
    '0 0 29 2 *',
    '0 0 31 2 5',
  ])('takes %s', (line) => {
    expect(cronProblem(line)).toBeUndefined();
  });

  it.each([
    ['', 'must be a cron line of five fields: minute hour day month weekday'],
    ['@daily', 'must be a cron line of five fields: minute hour day month weekday'],
    ['0 6 * *', 'must be a cron line of five fields: minute hour day month weekday'],
    [' 0 6 * * *', 'must be a cron line of five fields: minute hour day month weekday'],
    ['60 6 * * *', 'minute is 60: it goes from 0 to 59'],
    ['0 24 * * *', 'hour is 24: it goes from 0 to 23'],
    ['0 6 0 * *', 'day of the month is 0: it goes from 1 to 31'],
    ['0 6 * 13 *', 'month is 13: it goes from 1 to 12'],
    ['0 6 * * 7', 'day of the week is 7: it goes from 0 to 6'],
    ['0 6 * FOO *', 'month is FOO: it goes from 1 to 12'],
    ['0 6-4 * * *', 'hour goes backwards: 6-4'],
    ['*/0 6 * * *', 'minute has a step that leads nowhere: */0'],
    ['0 6 L * *', 'day of the month is L: it goes from 1 to 31'],
    ['0 6 ? * *', 'day of the month is not of the form * or N or N-M or N/STEP: ?'],
    ['0 6 31 2,4 *', 'never comes: no such month has that day'],
    ['*/4 * * * *', 'comes more often than every 5 minutes, which engines refuse'],
    ['0,3 6 * * *', 'comes more often than every 5 minutes, which engines refuse'],
    ['58,1 23,0 * * *', 'comes more often than every 5 minutes, which engines refuse'],
  ])('refuses %j', (line, problem) => {
    expect(cronProblem(line)).toBe(problem);
  });
});
