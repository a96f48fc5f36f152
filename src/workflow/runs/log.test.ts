import { describe, expect, it } from 'vitest';
import { failureIn } from './log.ts';
import { LOG } from './testing/answers.ts';

describe('failureIn', () => {
  it('finds the last step that failed, and the hint', () => {
    expect(failureIn(LOG)).toEqual({
      stream: 'kinoite-zfs',
      step: 'boot',
      message: 'zfs.ko did not load: Exec format error',
      hint: 'lockstep smoke shows the console',
    });
  });

  it('finds an error without a step, and nothing where lockstep said nothing', () => {
    expect(failureIn('2026-01-01T00:00:00.1Z 00O error: no disk left\r\n')).toEqual({
      message: 'no disk left',
    });
    expect(failureIn('make: *** [all] Error 2\n')).toBeUndefined();
  });
});
