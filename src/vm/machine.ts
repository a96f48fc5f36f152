import { LockstepError } from '../system/error.ts';
import type { ProgramName } from '../system/program.ts';

/** What runs a guest's instructions: the processor itself, or QEMU's translation of them. */
export type Accelerator = 'kvm' | 'tcg';

type Architecture = 'x86_64' | 'aarch64';

/** How a guest of one architecture is made. */
export interface Machine {
  architecture: Architecture;
  program: ProgramName;
  /** QEMU's board; the plainest one that starts a kernel directly and has PCI. */
  board: string;
  processor: Record<Accelerator, string>;
  /** The first serial port, as the kernel names it. */
  console: string;
  /** Words for the kernel of this architecture: QEMU on a busy machine fails its test of the timer. */
  append: readonly string[];
  /** `e_machine` of its programs (ELF, System V gABI). */
  elf: number;
}

const MACHINES: readonly Machine[] = [
  {
    architecture: 'x86_64',
    program: 'qemu-system-x86_64',
    board: 'pc',
    processor: { kvm: 'host', tcg: 'max' },
    console: 'ttyS0',
    append: ['no_timer_check'],
    elf: 62,
  },
  {
    architecture: 'aarch64',
    program: 'qemu-system-aarch64',
    board: 'virt',
    processor: { kvm: 'host', tcg: 'max' },
    console: 'ttyAMA0',
    append: [],
    elf: 183,
  },
];

/** The machine that a kernel image (`vmlinuz`) is for; throws `unsupported` for any other. */
export function machineFor(kernelImage: Uint8Array): Machine {
  const architecture = architectureOf(kernelImage);
  const machine = MACHINES.find((known) => known.architecture === architecture);
  if (machine) return machine;
  throw new LockstepError('unsupported', 'the kernel image is neither for x86_64 nor for aarch64');
}

/** The machine whose programs have this `e_machine`. */
export function machineOfProgram(elf: number): Machine | undefined {
  return MACHINES.find((known) => known.elf === elf);
}

/**
 * Told by the magic words of the boot protocols: Documentation/arch/x86/boot.rst ("HdrS" at
 * 0x202) and Documentation/arch/arm64/booting.rst ("ARM\x64" at 56). Some arm64 kernels are EFI
 * programs that unpack themselves; their "zimg" header names no architecture.
 */
function architectureOf(image: Uint8Array): Architecture | undefined {
  const at = (offset: number) => Buffer.from(image.subarray(offset, offset + 4)).toString('latin1');
  if (at(0x202) === 'HdrS') return 'x86_64';
  return at(56) === 'ARM\x64' ? 'aarch64' : undefined;
}
