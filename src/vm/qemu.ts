import type { Accelerator, Machine } from './machine.ts';

/** A disk of the guest, known there by its serial. */
export interface GuestDisk {
  path: string;
  /** At most 20 characters (virtio 1.2, 5.2.6.1). */
  serial: string;
  readOnly?: boolean;
}

/** What stands in the guest's machine. */
export interface GuestHardware {
  machine: Machine;
  accelerator: Accelerator;
  /** Path of the kernel image. */
  kernel: string;
  /** Path of the initramfs. */
  initramfs: string;
  disks: readonly GuestDisk[];
  /** Further devices, as QEMU names them. */
  devices?: readonly string[];
  /** Further arguments of QEMU: what stands behind devices, as a network does. */
  behind?: readonly string[];
  /** Bytes. */
  memory: number;
  cpus: number;
  /** Words added to the kernel's command line. */
  append: readonly string[];
  /**
   * File that QEMU writes the console to. Not a pipe: a serial port drops characters as soon as
   * nobody takes them fast enough, and those of a dying kernel matter most.
   */
  console: string;
}

/** Names of the guest's two channels, found there under `/sys/class/virtio-ports`. */
const CHANNELS = { verdict: 'dev.lockstep.verdict', output: 'dev.lockstep.output' } as const;

/** Descriptors on which QEMU is handed the other ends of the channels. */
const DESCRIPTORS = { verdict: 4, output: 5 } as const;

/**
 * What every guest's kernel is told. An Oops, a lockup or a hung task ends the guest at once, as a
 * panic does (`-no-reboot` turns the restart after a panic into QEMU's end); the console says
 * everything; nothing that changes what a module meets (mitigations, KASLR) is touched.
 */
const APPEND = [
  'panic=-1',
  'oops=panic',
  'softlockup_panic=1',
  'hung_task_panic=1',
  'printk.time=1',
  'ignore_loglevel',
] as const;

/**
 * One thread for all processors of the guest: with a thread for each, QEMU may run code that the
 * kernel has just patched as it was before, and the kernel dies of `Oops: int3` that is nobody's
 * fault (arch/x86/kernel/alternative.c, text_poke_bp). It boots no slower.
 */
const TCG = 'tcg,thread=single';

/** A network of QEMU's own: the guest is 10.0.2.15, this machine 10.0.2.2, nobody reaches the guest. */
export const USER_NETWORK = {
  behind: ['-netdev', 'user,id=network'],
  devices: ['virtio-net-pci,netdev=network'],
} as const;

/** The arguments of QEMU for a guest. */
export function qemuArguments(hardware: GuestHardware): string[] {
  const { machine, accelerator } = hardware;
  const pairs = [
    ['-accel', accelerator === 'tcg' ? TCG : 'kvm'],
    ['-machine', machine.board],
    ['-cpu', machine.processor[accelerator]],
    ['-smp', String(hardware.cpus)],
    ['-m', `${Math.ceil(hardware.memory / 2 ** 20)}M`],
    ['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ['-kernel', hardware.kernel],
    ['-initrd', hardware.initramfs],
    ['-append', [...kernelWords(machine), ...hardware.append].join(' ')],
    ['-chardev', `file,id=console,path=${escape(hardware.console)}`, '-serial', 'chardev:console'],
    ['-device', 'virtio-serial-pci'],
    channelArguments('verdict'),
    channelArguments('output'),
  ];
  const devices = (hardware.devices ?? []).map((name) => ['-device', name]);
  const behind = hardware.behind ?? [];
  return [...pairs, ...hardware.disks.map(diskArguments), behind, ...devices].flat();
}

function kernelWords(machine: Machine): string[] {
  return [`console=${machine.console}`, ...APPEND, ...machine.append];
}

function channelArguments(id: keyof typeof CHANNELS): string[] {
  const device = `virtserialport,chardev=${id},name=${CHANNELS[id]}`;
  return ['-chardev', `socket,id=${id},fd=${DESCRIPTORS[id]}`, '-device', device];
}

/** Nothing of a guest outlives it, so that its disks need not reach the host's (`cache=unsafe`). */
function diskArguments(disk: GuestDisk, index: number): string[] {
  const mode = `cache=unsafe,readonly=${disk.readOnly ? 'on' : 'off'}`;
  const drive = `id=disk${index},if=none,format=raw,${mode},file=${escape(disk.path)}`;
  return ['-drive', drive, '-device', `virtio-blk-pci,drive=disk${index},serial=${disk.serial}`];
}

/** A comma in a value is doubled. */
function escape(value: string): string {
  return value.replaceAll(',', ',,');
}
