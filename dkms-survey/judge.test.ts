import { describe, expect, it } from 'vitest';
import type { Answer } from '../truth/guest/task.ts';
import { loadedIn } from './judge.ts';

const answer = (errno: number, log: string[] = [], unprepared: string[] = []): Answer => ({
  errno,
  log,
  died: false,
  unprepared,
});
const NO_DEVICE = answer(19);
const MISSING = answer(2, ['b: Unknown symbol a (err -2)'], ['0']);

describe(loadedIn, () => {
  it('does not count against a module that the one that it needs has no device', () => {
    const answers = new Map([
      ['a', NO_DEVICE],
      ['b', MISSING],
      ['c', MISSING],
      ['d', answer(0)],
    ]);
    const needs = new Map([
      ['b', ['updates/dkms/a.ko', 'kernel/x.ko']],
      ['c', ['kernel/x.ko']],
      ['d', ['updates/dkms/a.ko']],
    ]);

    expect(loadedIn(answers, needs)).toEqual({
      a: 'no device',
      b: 'no device',
      c: 'errno 2: b: Unknown symbol a (err -2)',
      d: 'loaded',
    });
  });

  it('tells what the kernel said of a refusal, past its words on taints', () => {
    const log = ['x: loading out-of-tree module taints kernel.', 'x: no such file'];

    expect(loadedIn(new Map([['x', answer(5, log)]]), new Map())).toEqual({
      x: 'errno 5: x: no such file',
    });
  });
});
