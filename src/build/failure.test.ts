import { describe, expect, it } from 'vitest';
import { classifyFailure } from './failure.ts';

describe('classifyFailure', () => {
  it.each([
    [
      'kernel-too-new',
      'checking kernel source version... 7.2.0\nconfigure: error:\n\t*** Cannot build against kernel version 7.2.0.\n\t*** The maximum supported kernel version is 6.2.',
    ],
    [
      'kernel-api-changed',
      "zpl_file.c:12:9: error: implicit declaration of function 'foo' [-Werror]",
    ],
    ['kernel-api-changed', 'ERROR: modpost: "kmap_atomic_pfn" [zfs.ko] undefined!'],
    [
      'kernel-api-changed',
      "FATAL: modpost: GPL-incompatible module zfs.ko uses GPL-only symbol 'bdev_start_io_acct'",
    ],
    [
      'headers-missing',
      'configure: error: *** Please make sure the kernel devel package for your distribution is installed',
    ],
    [
      'headers-missing',
      'make: *** /lib/modules/6.1.0-1-amd64/build: No such file or directory.  Stop.',
    ],
    [
      'out-of-space',
      'a.c: error: unable to write: No space left on device\nmake: *** [a.o] Error 1',
    ],
    ['killed', 'gcc: fatal error: Killed signal terminated program cc1\ncompilation terminated.'],
    ['compiler-error', "a.c:1:1: error: expected ';' before 'int'"],
    ['unknown', 'it simply stopped'],
  ])('says %s of %j', (kind, log) => {
    const failure = classifyFailure(log);

    expect(failure.kind).toBe(kind);
    expect(failure.lines.length).toBeGreaterThan(0);
    expect(failure.hint).not.toBe('');
  });

  it('says killed of an exit status of 137 when the log is silent', () => {
    expect(classifyFailure('CC a.o', 137).kind).toBe('killed');
  });
});
