import { existsSync } from 'node:fs';
import { open, rm, truncate } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { runOk } from '../system/process.ts';
import { requireProgram } from '../system/program.ts';
import type { GuestDisk } from './qemu.ts';

export interface DiskOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** A disk that can be given to a guest before everything is on it. */
export interface RootDisk extends GuestDisk, AsyncDisposable {
  /** Fulfilled when everything is on it; rejected when that cannot be done. */
  whole: Promise<unknown>;
}

/** Reading from the host's page cache is cheap, compressing is not. */
const AS_IT_IS = ['-noI', '-noId', '-noD', '-noF', '-noX', '-no-fragments', '-no-duplicates'];

/** Bytes, all but what is written a hole: a guest learns the size of a disk only once. */
const ROOM = 2 ** 40;

/** How often it is asked whether the disk is there: milliseconds. */
const POLL = 5;

/**
 * Writes a tar stream as a read-only squashfs disk, without privileges and in constant memory.
 * Resolves as soon as the file is there: a guest that waits for the rest may be started then.
 */
export async function makeRootDisk(
  path: string,
  tar: AsyncIterable<Uint8Array>,
  options: DiskOptions,
): Promise<RootDisk> {
  const sqfstar = requireProgram('sqfstar', options.env);
  await rm(path, { force: true });
  const words = ['-quiet', '-no-progress', ...AS_IT_IS, path];
  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, ...(options.signal ? [options.signal] : [])]);
  const whole = runOk(sqfstar, words, { ...options, signal, stdin: tar });
  whole.catch(() => end.abort());
  await Promise.race([whole, appears(path, signal)]);
  await truncate(path, ROOM);
  const disk = { path, serial: 'lockstep-root', readOnly: true, whole };
  const dispose = async () => {
    end.abort();
    await whole.catch(() => {});
  };
  return { ...disk, [Symbol.asyncDispose]: dispose };
}

/** sqfstar opens its file anew before it reads the first byte, and never makes it smaller. */
async function appears(path: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !existsSync(path)) await setTimeout(POLL);
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
