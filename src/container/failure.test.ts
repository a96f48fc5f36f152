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

  it.each([
    ['kernel-too-new', 'BUILD_EXCLUSIVE_KERNEL_MAX=6.0, and it is newer', /allow_experimental/],
    ['kernel-excluded', 'BUILD_EXCLUSIVE_KERNEL_MIN=6.2.0-20, and it is older', /newer kernel/],
    ['kernel-excluded', 'BUILD_EXCLUSIVE_KERNEL=^7 does not match it', /whose release matches/],
    ['kernel-excluded', 'BUILD_EXCLUSIVE_ARCH=arm does not match x86_64', /other machines/],
    ['kernel-excluded', 'BUILD_EXCLUSIVE_CONFIG=CONFIG_X, and it has no CONFIG_X', /flavour/],
  ])('says %s and what helps of %s', (kind, condition, hint) => {
    const log = `x is left out: BUILD_EXCLUSIVE_ARCH=y\nerror: Linux 6.1.0-1-amd64 is excluded by dkms.conf: ${condition}`;

    const failure = classifyFailure(log, 1, '6.1.0-1-amd64');

    expect(failure).toMatchObject({ kind, hint: expect.stringMatching(hint) });
    expect(failure.lines.join()).toContain(condition);
  });

  it('tells headers of another kernel from those that are missing', () => {
    const log = 'make: *** /lib/modules/6.18.44/build: No such file or directory.  Stop.';

    expect(classifyFailure(log, 2, '6.1.0-1-amd64').kind).toBe('other-kernel');
    expect(classifyFailure(log, 2, '6.18.44').kind).toBe('headers-missing');
  });

  it('is not led astray by what stands before the first error, nor by what follows far behind', () => {
    const note = 'M/Kbuild:9: File /usr/src/linux-headers-6.1.0-56-common/mm/some.h not found.';
    const error = "/b/a.h:3:6: error: conflicting types for 'f'; have 'void(int, int)'";
    const rest = [...Array<string>(20).fill('  CC [M]  /b/b.o'), 'x: No space left on device'];

    const failure = classifyFailure([note, 'checking for error: no', error, ...rest].join('\n'), 2);

    expect(failure.kind).toBe('kernel-api-changed');
  });

  it('says killed of an exit status of 137 when the log is silent', () => {
    expect(classifyFailure('CC a.o', 137).kind).toBe('killed');
  });
});
