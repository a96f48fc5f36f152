import { copyFile, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type ModulesDep,
  readModulePaths,
  readModulesDep,
} from '../../kernel/index/module-lists.ts';
import { kernelName, moduleName } from '../../kernel/module/name.ts';
import { LockstepError } from '../../system/error.ts';
import { didYouMean } from '../../system/nearest.ts';
import { runOk } from '../../system/process.ts';
import { requireProgram } from '../../system/program.ts';

/** Where the modules of a kernel lie in a root. */
export function modulesFolder(release: string): string {
  return `usr/lib/modules/${release}`;
}

/** Makes the indexes of all modules of a kernel. */
export async function indexModules(
  root: string,
  { release, env }: { release: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  await runOk(requireProgram('depmod', env), ['-b', root, release], { env });
}

/**
 * Lays modules and all that they need into a root of their own, with indexes. Gives their paths
 * below the folder of modules. Throws `config` for one that the kernel does not have.
 */
export async function layModules(
  names: readonly string[],
  {
    from,
    into,
    release,
    env,
  }: { from: string; into: string; release: string; env: NodeJS.ProcessEnv },
): Promise<string[]> {
  const [source, target] = [from, into].map((root) => join(root, modulesFolder(release)));
  if (source == null || target == null) return [];
  const text = (name: string) => readFile(join(source, name), 'utf8');
  const builtin = readModulePaths(await text('modules.builtin'));
  const inside = withNeeded(names, readModulesDep(await text('modules.dep')), builtin);
  for (const path of inside) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await copyFile(join(source, path), join(target, path));
  }
  await mkdir(target, { recursive: true });
  const lists = (await readdir(source)).filter((name) => /^modules\.(?:builtin|order)/.test(name));
  for (const name of lists) await copyFile(join(source, name), join(target, name));
  // Where depmod looks.
  await symlink('usr/lib', join(into, 'lib'));
  await indexModules(into, { release, env });
  return inside;
}

/** Paths of modules and of those that they need; what is built in needs no file. */
export function withNeeded(
  names: readonly string[],
  dependencies: ModulesDep,
  builtin: readonly string[],
): string[] {
  const paths = new Map([...dependencies.keys()].map((path) => [moduleName(path), path]));
  const inKernel = new Set(builtin.map(moduleName));
  const found = new Set<string>();
  for (const name of names.map(kernelName)) {
    const path = paths.get(name);
    if (path == null && inKernel.has(name)) continue;
    if (path == null)
      throw new LockstepError(
        'config',
        `modules: the kernel has no module ${name}${didYouMean(name, [...paths.keys()])}`,
      );
    for (const one of [path, ...(dependencies.get(path) ?? [])]) found.add(one);
  }
  return [...found].sort();
}
