import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import { readBootFiles } from '../../vm/boot-files.ts';
import { readBusybox } from '../../vm/busybox.ts';
import { makeInitramfs } from '../../vm/initramfs.ts';
import { type Machine, machineFor } from '../../vm/machine.ts';
import { GUEST_PARTS, type Scenario } from '../../vm/scenario.ts';
import type { BootSubject } from './subject.ts';

/** What a guest begins with, before it needs its root. */
export interface GuestStart {
  machine: Machine;
  /** Path of the kernel image. */
  kernel: string;
  /** Path of the initramfs. */
  initramfs: string;
}

export interface GuestStartOptions {
  subject: BootSubject;
  /** The kernel release. */
  kernel: string;
  scenario: Scenario;
  modules: readonly string[];
  env: NodeJS.ProcessEnv;
}

const MODULE_NAME = /^[A-Za-z0-9_][\w.-]*$/;

/**
 * Writes the image's own kernel, and an initramfs with the image's own drivers and the scenario,
 * into a folder. Throws what `readBootFiles` and `readBusybox` throw.
 */
export async function writeGuestStart(
  folder: string,
  options: GuestStartOptions,
): Promise<GuestStart> {
  const { kernelImage, modules } = await readBootFiles(options.subject.tree, options.kernel);
  const machine = machineFor(kernelImage);
  const kernel = join(folder, 'vmlinuz');
  const initramfs = join(folder, 'initramfs.cpio');
  const busybox = await readBusybox(machine, options.env);
  const first = await readFile(join(GUEST_PARTS, 'first.sh'));
  const files = await guestFiles(options);
  await writeFile(kernel, kernelImage);
  await writeFile(initramfs, makeInitramfs({ busybox, first, modules, files }));
  return { machine, kernel, initramfs };
}

async function guestFiles({ modules, scenario }: GuestStartOptions) {
  const odd = modules.find((name) => !MODULE_NAME.test(name));
  if (odd !== undefined) throw new LockstepError('usage', `not a module's name: ${odd}`);
  return {
    'second.sh': await readFile(join(GUEST_PARTS, 'second.sh')),
    'steps.sh': await readFile(join(GUEST_PARTS, 'steps.sh')),
    'scenario.sh': scenario.script,
    'settings.sh': `MODULES='${modules.join(' ')}'\n`,
  };
}
