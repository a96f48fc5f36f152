import { run } from '../system/process.ts';
import { findProgram } from '../system/program.ts';

/** Programs whose versions are written down with the inputs, and how each is asked for it. */
const TOOLS: Record<string, string[]> = {
  'apt-get': ['--version'],
  buildah: ['--version'],
  git: ['--version'],
  mmdebstrap: ['--version'],
  'qemu-system-x86_64': ['--version'],
  sqfstar: ['-version'],
};

/** Versions of the programs that a run uses; absent ones are left out. */
export async function toolVersions(env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const asked = Object.entries(TOOLS).map(async ([name, args]) => {
    const path = findProgram(name, env);
    if (!path) return [];
    const { stdout } = await run(path, args, { env, timeout: 10_000 });
    const version = /\d+(?:\.\d+)+\S*/.exec(stdout)?.[0];
    return version ? [[name, version] as const] : [];
  });
  const found = (await Promise.all(asked)).flat();
  return { ...Object.fromEntries(found), node: process.versions.node };
}
