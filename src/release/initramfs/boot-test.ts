import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InitramfsConfig } from '../../config/initramfs-schema.ts';
import { LockstepError } from '../../system/error.ts';
import { chooseAccelerator } from '../../vm/accelerator.ts';
import { type GuestResult, runGuest } from '../../vm/guest.ts';
import { machineFor } from '../../vm/machine.ts';
import { USER_NETWORK } from '../../vm/qemu.ts';

export interface BootTest {
  kernel: string;
  initramfs: string;
  boot: InitramfsConfig['boot'];
  /** What the console must say. */
  expect: readonly string[];
}

export interface BootTestOptions {
  /** Folder for the console. */
  folder: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

/** Ends a guest that has said all that was waited for. */
class Said extends Error {}

/**
 * Boots an initramfs until its console has said what is expected, in a machine with a network and
 * without disks. Throws `timeout` or `program-failed` naming what was not said.
 */
export async function bootInitramfs(
  { kernel, initramfs, boot, expect }: BootTest,
  { folder, env, signal, onLine }: BootTestOptions,
): Promise<{ seconds: number }> {
  const image = join(folder, 'vmlinuz');
  await copyFile(kernel, image);
  const machine = machineFor(await readFile(image));
  const { accelerator } = await chooseAccelerator({ machine, kernel: image, env, signal });
  const left = new Set(expect);
  const said = new AbortController();
  const console = join(folder, 'console.log');
  const began = performance.now();
  const hear = (line: string) => {
    for (const text of left) if (line.includes(text)) left.delete(text);
    onLine(line);
    if (left.size === 0) said.abort(new Said());
  };
  const guest = await runGuest({
    machine,
    accelerator,
    kernel: image,
    initramfs,
    disks: [],
    ...USER_NETWORK,
    memory: boot.memory * 2 ** 20,
    cpus: 2,
    append: boot.append,
    console,
    deadline: boot.deadline * 1000,
    silence: boot.deadline * 1000,
    env,
    signal: AbortSignal.any([signal, said.signal]),
    onLine: hear,
  }).catch((error: unknown) => {
    if (error instanceof Said) return undefined;
    throw error;
  });
  if (guest) throw unsaid([...left], guest, console);
  return { seconds: Math.round((performance.now() - began) / 1000) };
}

function unsaid(left: readonly string[], { end, signs }: GuestResult, console: string) {
  const sign = signs[0] ? ` (${signs[0].line})` : '';
  return new LockstepError(
    end === 'deadline' || end === 'silence' ? 'timeout' : 'program-failed',
    `the machine ended by ${end}${sign} and never said: ${left.join(' | ')}`,
    { hint: `its console is in ${console}`, context: { path: console } },
  );
}
