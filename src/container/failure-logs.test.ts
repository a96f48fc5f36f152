import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classifyFailure } from './failure.ts';

const FOLDER = join(import.meta.dirname, 'testing/failures');
const KERNEL = '6.1.0-56-amd64';

/** What each log of the corpus is, and a line that must be shown for it. */
const ANSWERS: Record<string, [string, RegExp]> = {
  'asks-uname': ['other-kernel', /\/lib\/modules\/6\.18\S+\/build: No such file/],
  'function-gone': ['kernel-api-changed', /implicit declaration of function ‘kmap_of_old’/],
  'header-moved': ['kernel-api-changed', /linux\/no-such-part\.h: No such file/],
  'headers-missing': ['other-kernel', /6\.1\.0-99-amd64\/build: No such file/],
  'librem-ec-acpi-by-dkms': ['kernel-api-changed', /incompatible pointer type/],
  'librem-ec-acpi-by-lockstep': ['kernel-api-changed', /incompatible pointer type/],
  'lttng-modules-by-dkms': ['kernel-api-changed', /conflicting types for 'trace_hrtimer_start'/],
  'lttng-modules-by-lockstep': [
    'kernel-api-changed',
    /conflicting types for 'trace_hrtimer_start'/,
  ],
  'nvidia-current-open-by-dkms': ['kernel-api-changed', /too few arguments to function/],
  'own-header-missing': ['compiler-error', /own\.h: No such file/],
  patch: ['patch-failed', /Hunk #1 FAILED/],
  'syntax-error': ['compiler-error', /expected ‘;’ before/],
  'undefined-symbol': ['kernel-api-changed', /"no_such_symbol" .* undefined!/],
};

describe('classifyFailure of real logs', () => {
  it('knows every log of the corpus', () => {
    const logs = readdirSync(FOLDER).filter((name) => name.endsWith('.log'));

    expect(logs.map((name) => name.replace('.log', '')).sort()).toEqual(
      Object.keys(ANSWERS).sort(),
    );
  });

  it.each(Object.entries(ANSWERS))('tells what %s is', (name, [kind, shows]) => {
    const log = readFileSync(join(FOLDER, `${name}.log`), 'utf8');

    const failure = classifyFailure(log, 2, KERNEL);

    expect(failure.kind).toBe(kind);
    expect(failure.lines.join('\n')).toMatch(shows);
  });
});
