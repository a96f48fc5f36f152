import { describe, expect, it } from 'vitest';
import { composeCause } from './cause.ts';

/** How buildah ends: with the step, which is all the shell of the recipe. */
const END = `error building at STEP "RUN set -e; ${'systemctl enable x; '.repeat(80)}": error while running runtime: exit status 1`;

describe(composeCause, () => {
  it.each([
    [
      `Failed to enable unit: Unit file zfs-typo.target does not exist.\n${END}`,
      'there is no unit zfs-typo.target: see image.enable, and the packages that have it',
    ],
    [
      `Failed to enable unit, unit nosuch.service does not exist.\n${END}`,
      'there is no unit nosuch.service: see image.enable, and the packages that have it',
    ],
    [
      `Reading package lists...\nE: Unable to locate package nosuch\n${END}`,
      'E: Unable to locate package nosuch',
    ],
    [`STEP 1\n/bin/sh: 1: depmodd: not found\n${END}`, '/bin/sh: 1: depmodd: not found'],
    [`STEP 1\nsomething else\n${END}`, 'something else'],
    ['', 'buildah said nothing'],
  ])('says in one line why: %#', (log, cause) => {
    expect(composeCause(log)).toBe(cause);
  });

  it('keeps what a program says short', () => {
    expect(composeCause(`E: ${'x'.repeat(5000)}`).length).toBeLessThan(310);
  });
});
