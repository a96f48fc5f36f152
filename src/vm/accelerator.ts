import { access, constants, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../system/error.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { readBusybox } from './busybox.ts';
import { runGuest } from './guest.ts';
import { makeInitramfs } from './initramfs.ts';
import type { Accelerator, Machine } from './machine.ts';

/** What runs the guests of this process, and why it was chosen. */
export interface AcceleratorChoice {
  accelerator: Accelerator;
  reason: string;
}

export interface ProbeOptions {
  machine: Machine;
  /** Path of a kernel image that the probe guest starts. */
  kernel: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Milliseconds within which the probe guest must be done (default 10,000). */
  deadline?: number;
  /** The device that gives KVM (default `/dev/kvm`). */
  device?: string;
}

const PASSED = 'lockstep: probe passed';
const PROBE = `#!/lockstep/busybox sh
echo '${PASSED}'
/lockstep/busybox poweroff -f
`;

const remembered = new Map<string, Promise<AcceleratorChoice>>();

/**
 * KVM when a tiny guest has passed under it, TCG otherwise: the device may be there, open, and
 * still hang or break every guest. The answer is remembered for this process only.
 */
export function chooseAccelerator(options: ProbeOptions): Promise<AcceleratorChoice> {
  const { architecture } = options.machine;
  const known = remembered.get(architecture);
  if (known) return known;
  const choice = probeAccelerator(options);
  remembered.set(architecture, choice);
  choice.catch(() => remembered.delete(architecture));
  return choice;
}

/** The same without memory. */
export async function probeAccelerator(options: ProbeOptions): Promise<AcceleratorChoice> {
  const device = options.device ?? '/dev/kvm';
  const obstacle = await cannotOpen(device);
  if (obstacle) return { accelerator: 'tcg', reason: `${device} ${obstacle}` };
  const failure = await probeGuest(options);
  if (failure) return { accelerator: 'tcg', reason: `a probe guest under KVM ${failure}` };
  return { accelerator: 'kvm', reason: 'a probe guest passed under KVM' };
}

async function cannotOpen(device: string): Promise<string | undefined> {
  try {
    await access(device, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isAbsent ? 'is not there' : 'may not be opened by this user';
  }
}

/** How the probe guest failed; undefined when it passed. */
async function probeGuest(options: ProbeOptions): Promise<string | undefined> {
  const { machine, env, signal } = options;
  await using folder = await temporaryFolder();
  const initramfs = join(folder.path, 'probe.cpio');
  const busybox = await readBusybox(machine, env);
  await writeFile(initramfs, makeInitramfs({ busybox, first: PROBE, modules: [], files: {} }));
  const deadline = options.deadline ?? 10_000;
  try {
    const result = await runGuest({
      machine,
      accelerator: 'kvm',
      kernel: options.kernel,
      initramfs,
      disks: [],
      memory: 512 * 2 ** 20,
      cpus: 2,
      append: [],
      console: join(folder.path, 'console.log'),
      deadline,
      silence: deadline,
      env,
      signal,
    });
    const passed = result.lastConsole.some((line) => line.includes(PASSED));
    if (passed && result.end === 'itself') return undefined;
    return result.end === 'itself' ? 'did not reach its end' : `was not done in ${deadline} ms`;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof LockstepError && error.code === 'program-failed') return 'broke QEMU';
    throw error;
  }
}
