import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../src/system/error.ts';
import { temporaryFolder } from '../../src/system/temporary.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { boot } from './boot.ts';
import { type Heard, readConsole } from './console.ts';
import { makeRoot } from './initramfs.ts';
import type { Answer, Task } from './task.ts';

export interface LoadOptions {
  env: NodeJS.ProcessEnv;
  /** Words for the kernel's command line. */
  append?: readonly string[];
  signal?: AbortSignal;
  /** Called after each guest with the number of tasks that are answered. */
  onGuest?: (answered: number) => void;
}

const MOST_IN_ONE_GUEST = 1000;
/** A guest that does not come to its first task tells of the emulator rather than of a module. */
const MOST_FAILED_STARTS = 6;

/**
 * Loads every module in guests of the kernel and returns its answers by task. A guest that a
 * module breaks is followed by another one, which goes on. The emulator breaks a guest now and
 * then by itself, so only a module that breaks two guests counts as one that breaks the kernel.
 */
export async function loadAll(
  kernel: Kernel,
  tasks: readonly Task[],
  options: LoadOptions,
): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  const suspects = new Set<string>();
  let left = [...tasks];
  let failedStarts = 0;
  while (left.length > 0) {
    const heard = await bootOnce(kernel, left.slice(0, MOST_IN_ONE_GUEST), options);
    if (heard.answers.size === 0 && ++failedStarts > MOST_FAILED_STARTS) {
      throw new LockstepError('bug', `a guest of ${kernel.release} did not come to its tasks`);
    }
    for (const [id, answer] of heard.answers) {
      if (!answer.died || suspects.has(id)) answers.set(id, answer);
      else suspects.add(id);
    }
    left = left.filter(({ id }) => !answers.has(id));
    options.onGuest?.(answers.size);
  }
  return answers;
}

async function bootOnce(
  kernel: Kernel,
  tasks: readonly Task[],
  options: LoadOptions,
): Promise<Heard> {
  await using folder = await temporaryFolder();
  const initramfs = join(folder.path, 'root.cpio');
  await writeFile(initramfs, await makeRoot(kernel.toolchain, tasks));
  const { env, signal, append = [] } = options;
  return readConsole(await boot({ kernel: kernel.image, initramfs, append, env, signal }));
}
