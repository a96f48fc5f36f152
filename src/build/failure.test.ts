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
    [
      'dependencies-missing',
      'error: Failed build dependencies:\n\telfutils-libelf-devel is needed by zfs-kmod-2.4.3-1.fc44.x86_64',
    ],
    [
      'invalid-version',
      "error: line 9: Invalid version (double separator '-'): 6.1.0-1-cloud-amd64",
    ],
    [
      'patch-failed',
      '+ patch -p1\n1 out of 2 hunks FAILED\nHunk #2 FAILED at 12.\nerror: Bad exit status from /tmp/x (%prep)',
    ],
    [
      'packaging',
      'RPM build errors:\nerror: Installed (but unpackaged) file(s) found:\n   /usr/share/x',
    ],
    ['packaging', 'error: Bad exit status from /var/tmp/rpm-tmp.aB12 (%install)'],
    [
      'compiler-error',
      "a.c:1:1: error: expected ';'\nerror: Bad exit status from /var/tmp/rpm-tmp.aB12 (%build)",
    ],
    [
      'kernel-too-new',
      'checking\n\t*** Cannot build against kernel version 7.2.0.\nerror: Bad exit status from /tmp/x (%build)\n\nRPM build errors:\n',
    ],
    [
      'out-of-space',
      'cp: error writing a: No space left on device\nerror: Bad exit status from /tmp/x (%build)',
    ],
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
