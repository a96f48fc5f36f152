import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runOk } from '../../src/system/process.ts';
import type { ProbingCase } from './case.ts';

/** A path of a case from the root, with the release of the kernel in it. */
export function placeOf(path: string, release: string): string {
  if (path.startsWith('/')) return path.slice(1);
  return join('usr/lib/modules', release, path);
}

/** Links of a case by their place. */
export function linksOf({ files }: ProbingCase, release: string): [string, string][] {
  return Object.entries(files).flatMap(([path, file]) =>
    typeof file === 'string' ? [] : [[path.replace('VERSION', release), file.link]],
  );
}

/** Files of a case by their place, with their content. */
export function filesOf(
  one: ProbingCase,
  release: string,
  modules: ReadonlyMap<string, Buffer>,
): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const name of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo'])
    files.set(placeOf(name, release), Buffer.alloc(0));
  for (const [path, name] of Object.entries(one.modules))
    files.set(placeOf(path, release), modules.get(name) ?? Buffer.alloc(0));
  for (const [path, file] of Object.entries(one.files))
    if (typeof file === 'string') files.set(path.replace('VERSION', release), Buffer.from(file));
  if (one.arguments) files.set('etc/kernel/cmdline', Buffer.from(one.arguments));
  return files;
}

/**
 * Lays a case out in a folder of this machine, with the indexes that depmod makes, and with the
 * names of libraries by which the version of kmod is told.
 */
export async function writeRoot(
  folder: string,
  one: ProbingCase,
  kernel: { release: string; modules: ReadonlyMap<string, Buffer>; libraries: readonly string[] },
): Promise<void> {
  const { release, modules, libraries } = kernel;
  const files = filesOf(one, release, modules);
  for (const path of libraries) files.set(path, Buffer.alloc(0));
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  for (const [path, target] of linksOf(one, release)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(target, join(folder, path));
  }
  await symlink('usr/lib', join(folder, 'lib'));
  await runOk('/usr/sbin/depmod', ['-b', folder, release]);
}
