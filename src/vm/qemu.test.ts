import { describe, expect, it } from 'vitest';
import { machineFor } from './machine.ts';
import { type GuestHardware, qemuArguments } from './qemu.ts';

const X86 = Buffer.alloc(1024);
X86.write('HdrS', 0x202);
const ARM = Buffer.alloc(1024);
ARM.write('ARM\x64', 56);

function aGuest(more: Partial<GuestHardware> = {}): GuestHardware {
  return {
    machine: machineFor(X86),
    accelerator: 'tcg',
    kernel: 'vmlinuz',
    initramfs: 'initramfs',
    disks: [],
    memory: 2 ** 30,
    cpus: 2,
    append: [],
    console: 'console',
    ...more,
  };
}

/** The value after an option. */
function valueOf(args: readonly string[], option: string): string | undefined {
  return args[args.indexOf(option) + 1];
}

describe('machineFor', () => {
  it('tells the architecture from the kernel image', () => {
    expect(machineFor(X86).program).toBe('qemu-system-x86_64');
    expect(machineFor(ARM).program).toBe('qemu-system-aarch64');
  });

  it.each([Buffer.alloc(0), Buffer.alloc(1024)])('refuses what is no kernel', (image) => {
    expect(() => machineFor(image)).toThrow('neither for x86_64 nor for aarch64');
  });
});

describe('qemuArguments', () => {
  it('takes the processor that fits the accelerator', () => {
    expect(valueOf(qemuArguments(aGuest({ accelerator: 'kvm' })), '-cpu')).toBe('host');
    expect(valueOf(qemuArguments(aGuest()), '-cpu')).toBe('max');
  });

  it("tells each kernel to end at trouble, on the machine's own console", () => {
    const append = valueOf(
      qemuArguments(aGuest({ machine: machineFor(ARM), append: ['x=1'] })),
      '-append',
    );

    expect(append).toMatch(/^console=ttyAMA0 panic=-1 oops=panic .* x=1$/);
    expect(append).not.toContain('no_timer_check');
    expect(valueOf(qemuArguments(aGuest()), '-append')).toMatch(/ no_timer_check$/);
    expect(qemuArguments(aGuest())).toContain('-no-reboot');
  });

  it('adds the devices that are asked for', () => {
    const args = qemuArguments(aGuest({ devices: ['qemu-xhci', 'usb-tablet'] }));

    expect(args.slice(-4)).toEqual(['-device', 'qemu-xhci', '-device', 'usb-tablet']);
  });

  it('puts what stands behind devices before them', () => {
    const behind = ['-netdev', 'user,id=net'];
    const args = qemuArguments(aGuest({ behind, devices: ['virtio-net-pci,netdev=net'] }));

    expect(args.slice(-4)).toEqual([...behind, '-device', 'virtio-net-pci,netdev=net']);
  });

  it('keeps a comma in a path from ending the value', () => {
    const disks = [{ path: '/a,b/root', serial: 'lockstep-root', readOnly: true }];

    const drive = valueOf(qemuArguments(aGuest({ disks })), '-drive');

    expect(drive).toMatch(/readonly=on,file=\/a,,b\/root$/);
  });
});
