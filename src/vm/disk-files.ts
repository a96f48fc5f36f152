import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeFile } from '../archive/tree.ts';
import { runOk } from '../system/process.ts';
import { requireProgram } from '../system/program.ts';
import type { DiskOptions } from './disk.ts';

/** Files by path, as far as the boot needs them. */
export interface BootTree {
  /** How messages name it. */
  readonly name: string;
  /** Many files, each once; absent ones are left out. */
  readMany(paths: ReadonlySet<string>): AsyncIterable<TreeFile>;
}

export interface DiskFilesOptions extends DiskOptions {
  /** How messages name the disk. */
  name: string;
  /** Folder for what is taken out. */
  scratch: string;
}

/** The files of a squashfs disk, each found without reading the rest of it. Links are not followed. */
export function openDiskFiles(disk: string, options: DiskFilesOptions): BootTree {
  return { name: options.name, readMany: (paths) => readMany(disk, paths, options) };
}

async function* readMany(
  disk: string,
  paths: ReadonlySet<string>,
  { env, signal, scratch }: DiskFilesOptions,
): AsyncGenerator<TreeFile> {
  const unsquashfs = requireProgram('unsquashfs', env);
  const folder = await mkdtemp(join(scratch, 'files-'));
  try {
    const words = ['-no-progress', '-quiet', '-no-xattrs', '-force', '-dest', folder, disk];
    await runOk(unsquashfs, [...words, ...paths], { env, signal });
    for (const path of paths) {
      const place = join(folder, path);
      const isFile = (await lstat(place).catch(() => undefined))?.isFile();
      if (isFile) yield { path, content: await readFile(place) };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
