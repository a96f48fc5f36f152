import { realpath, stat } from 'node:fs/promises';
import { run } from '../../system/process.ts';
import { findProgram } from '../../system/program.ts';
import { remembered } from '../../system/remember.ts';

/** Programs whose versions are written down with the inputs, and how each is asked for it. */
const TOOLS: Record<string, string> = {
  'apt-get': '--version',
  buildah: '--version',
  git: '--version',
  mmdebstrap: '--version',
  'qemu-system-x86_64': '--version',
  sqfstar: '-version',
};

/**
 * Versions of the programs that a run uses; absent ones are left out. A program is asked again when
 * its file is another one than that which answered before.
 */
export async function toolVersions(
  env: NodeJS.ProcessEnv,
  answers: string,
): Promise<Record<string, string>> {
  const asked = Object.entries(TOOLS).map(async ([name, argument]) => {
    const found = findProgram(name, env);
    if (!found) return [];
    const path = await realpath(found);
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    const key = { tool: name, path, ino, size, mtimeMs, ctimeMs };
    const version = await remembered(answers, key, () => versionOf(path, argument, env));
    return version == null ? [] : [[name, version] as const];
  });
  const known = (await Promise.all(asked)).flat();
  return { ...Object.fromEntries(known), node: process.versions.node };
}

async function versionOf(
  path: string,
  argument: string,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  const { stdout } = await run(path, [argument], { env, timeout: 10_000 });
  return /\d+(?:\.\d+)+\S*/.exec(stdout)?.[0] ?? null;
}
