import { open, rm } from 'node:fs/promises';
import { runOk } from '../system/process.ts';
import { requireProgram } from '../system/program.ts';
import type { GuestDisk } from './qemu.ts';

export interface DiskOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** Reading from the host's page cache is cheap, compressing is not. */
const AS_IT_IS = ['-noI', '-noId', '-noD', '-noF', '-noX', '-no-fragments', '-no-duplicates'];

/** Writes a tar stream as a read-only squashfs disk, without privileges and in constant memory. */
export async function makeRootDisk(
  path: string,
  tar: AsyncIterable<Uint8Array>,
  options: DiskOptions,
): Promise<GuestDisk> {
  const sqfstar = requireProgram('sqfstar', options.env);
  await rm(path, { force: true });
  await runOk(sqfstar, ['-quiet', '-no-progress', ...AS_IT_IS, path], { ...options, stdin: tar });
  return { path, serial: 'lockstep-root', readOnly: true };
}

/** Makes an empty disk that takes no room until the guest writes to it. */
export async function makeSpareDisk(path: string, size: number, index: number): Promise<GuestDisk> {
  const file = await open(path, 'w');
  try {
    await file.truncate(size);
  } finally {
    await file.close();
  }
  return { path, serial: `lockstep-spare-${index}` };
}
