import { describe, expect, it } from 'vitest';
import { SignWatcher, signOf } from './sign.ts';

const kernel = (words: string) => `[    3.123456] ${words}`;

describe('signOf', () => {
  it.each([
    ['panic', 'Kernel panic - not syncing: sysrq triggered crash'],
    ['lockup', 'watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [insmod:123]'],
    ['lockup', 'watchdog: Watchdog detected hard LOCKUP on cpu 0'],
    ['hung-task', 'INFO: task zpool:311 blocked for more than 120 seconds.'],
    ['out-of-memory', 'sh invoked oom-killer: gfp_mask=0x140cca, order=0, oom_score_adj=0'],
    ['out-of-memory', 'Out of memory: Killed process 99 (tail) total-vm:900kB'],
    ['out-of-memory', 'Memory cgroup out of memory: Killed process 99 (tail)'],
    ['oops', 'BUG: kernel NULL pointer dereference, address: 0000000000000000'],
    ['oops', 'Oops: 0002 [#1] PREEMPT SMP NOPTI'],
    ['oops', 'Internal error: Oops: 0000000096000045 [#1] SMP'],
    ['oops', 'kernel BUG at mm/slub.c:435!'],
    ['oops', 'general protection fault, probably for non-canonical address 0xdead'],
    ['oops', 'PANIC at zio.c:341:zio_fini()'],
    ['oops', 'VERIFY3(0 == error) failed (0 == 5)'],
    ['oops', 'BUG: Bad page state in process modprobe  pfn:1234'],
    ['stall', 'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'],
    ['warning', 'WARNING: CPU: 0 PID: 1 at fs/namespace.c:1 foo+0x1/0x2'],
    ['emergency-shell', 'systemd[1]: You are in emergency mode. After logging in'],
  ] as const)('sees %s in "%s"', (kind, words) => {
    expect(signOf(kernel(words))).toBe(kind);
    expect(signOf(`half a line${kernel(words)}`)).toBe(kind);
    expect(signOf(`[    3.123456][  T311] ${words}`)).toBe(kind);
  });

  it.each([
    'You are in emergency mode. After logging in, type "journalctl -xb"',
    'Press Enter for maintenance',
    'BusyBox v1.35.0 (Debian) built-in shell (ash)',
    '(initramfs) ',
    'dracut:/# ',
  ])('sees a shell that waits for a person in "%s"', (line) => {
    expect(signOf(line)).toBe('emergency-shell');
  });

  it.each([
    'zfs: module verification failed: signature and/or required key missing - tainting kernel',
    'zfs: loading out-of-tree module taints kernel.',
    'spl: module license taints kernel.',
    'random: crng init done',
    'Kernel command line: console=ttyS0 panic=-1 oops=panic softlockup_panic=1',
  ])('lets "%s" be', (words) => {
    expect(signOf(kernel(words))).toBeUndefined();
  });

  it("takes no word of a program for the kernel's", () => {
    expect(signOf('Kernel panic - not syncing: only quoted')).toBeUndefined();
    expect(signOf('BUG: a shell script prints this')).toBeUndefined();
  });
});

describe('SignWatcher', () => {
  it('keeps the lines after a sign, and not without end', () => {
    const watcher = new SignWatcher();
    watcher.see(kernel('harmless'));
    const lost = watcher.see(kernel('Oops: 0002 [#1] PREEMPT SMP NOPTI'));
    for (let n = 0; n < 100; n++) watcher.see(kernel(`line ${n}`));

    expect(lost).toBe(true);
    expect(watcher.signs).toHaveLength(1);
    expect(watcher.signs[0]?.context).toHaveLength(25);
    expect(watcher.signs[0]?.context[0]).toBe(kernel('line 0'));
  });

  it('holds a warning to be no loss', () => {
    const watcher = new SignWatcher();

    expect(watcher.see(kernel('WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2'))).toBe(false);
    expect(watcher.signs).toMatchObject([{ kind: 'warning', fatal: false }]);
  });

  it('still sees a loss after a flood of warnings', () => {
    const watcher = new SignWatcher();
    for (let n = 0; n < 1000; n++) watcher.see(kernel('WARNING: CPU: 0 PID: 1 at a.c:1'));

    expect(watcher.see(kernel('Kernel panic - not syncing: Oops'))).toBe(true);
    expect(watcher.signs.some((sign) => sign.kind === 'panic')).toBe(true);
  });
});
