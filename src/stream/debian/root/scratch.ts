import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../system/process.ts';
import type { TemporaryFolder } from '../../../system/temporary.ts';
import { privateNamespace } from './namespace.ts';

interface ScratchOptions {
  env: NodeJS.ProcessEnv;
  uid: number;
}

/**
 * Makes a folder under `work` for one root, and removes those of runs that are no more. Files of
 * a half-made root belong to subordinate users, so they are removed in a namespace of the same
 * kind as they were made in.
 */
export async function scratchFolder(
  work: string,
  options: ScratchOptions,
): Promise<TemporaryFolder> {
  const parent = join(work, 'roots');
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (!isRunning(Number.parseInt(name, 10))) await removeAll(join(parent, name), options);
  }
  const path = await mkdtemp(join(parent, `${process.pid}-`));
  return { path, [Symbol.asyncDispose]: () => removeAll(path, options) };
}

/** Renames a file, or copies it when the target lies on another file system. */
export async function moveTo(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    const partial = `${to}.${process.pid}.partial`;
    await copyFile(from, partial);
    await rename(partial, to);
  }
}

async function removeAll(path: string, options: ScratchOptions): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    const { program, args } = privateNamespace(options.env, options.uid);
    await run(program, [...args, 'rm', '-rf', '--one-file-system', path], { env: options.env });
  }
}

/** Signal 0 asks whether a process exists; EPERM means that it does and is another user's. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
