import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cpioEnd, cpioEntry } from '../../src/file/cpio-write.ts';
import { digestOf } from '../../src/system/digest.ts';
import { LockstepError } from '../../src/system/error.ts';
import type { Toolchain } from '../kernels/toolchain.ts';
import type { Task } from './task.ts';

const LOADER = join(import.meta.dirname, 'loader.c');
const FOLDER = 0o040755;
const PROGRAM = 0o100755;
const LIBRARIES = ['libc.so.6', 'libcrypto.so.3', 'liblzma.so.5', 'libz.so.1', 'libzstd.so.1'];

/** A root for one guest: the loader, the modules and the list of what to load. */
export async function makeRoot(toolchain: Toolchain, tasks: readonly Task[]): Promise<Buffer> {
  const modules = new Map<string, Buffer>();
  const pathOf = (module: Buffer, file: string) => {
    const path = `m/${digestOf(module).slice(7, 27)}-${file}`;
    modules.set(path, module);
    return `/${path}`;
  };
  const lines = tasks.map(({ id, how, module, file, before }) =>
    [id, how, ...before.map((one) => pathOf(one, 'before.ko')), pathOf(module, file)].join(' '),
  );
  const programs = await programsOf(
    toolchain,
    tasks.some(({ how }) => how === 'kmod'),
  );
  return Buffer.concat([
    ...['m', 'bin', 'dev', 'lib64', 'lib', 'lib/x86_64-linux-gnu'].map((path) =>
      cpioEntry({ path, mode: FOLDER }),
    ),
    cpioEntry({ path: 'dev/console', mode: 0o020600, device: [5, 1] }),
    ...[...programs].map(([path, content]) => cpioEntry({ path, mode: PROGRAM }, content)),
    ...[...modules].map(([path, content]) => cpioEntry({ path }, content)),
    cpioEntry({ path: 'tasks' }, `${lines.join('\n')}\n`),
    cpioEnd(),
  ]);
}

/** What runs in a guest, by its path there. */
export async function programsOf(
  toolchain: Toolchain,
  withKmod: boolean,
): Promise<Map<string, Buffer>> {
  const programs = new Map([['init', await compileLoader(toolchain)]]);
  if (!withKmod) return programs;
  const { root } = toolchain;
  const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
  programs.set('bin/kmod', await readFile(join(root, 'usr/bin/kmod')));
  programs.set(
    'lib64/ld-linux-x86-64.so.2',
    await readFile(join(libraries, 'ld-linux-x86-64.so.2')),
  );
  for (const name of LIBRARIES) {
    programs.set(`lib/x86_64-linux-gnu/${name}`, await readFile(join(libraries, name)));
  }
  return programs;
}

/** Compiles the loader with the suite's own compiler, once for each state of its source. */
async function compileLoader(toolchain: Toolchain): Promise<Buffer> {
  const source = await readFile(LOADER);
  const folder = join(toolchain.root, 'scratch');
  const name = `loader-${digestOf(source).slice(7, 19)}`;
  const program = join(folder, name);
  if (!existsSync(program)) {
    await mkdir(folder, { recursive: true });
    await writeFile(`${program}.c`, source);
    const args = ['-static', '-O1', '-o', `/scratch/${name}`, `/scratch/${name}.c`];
    const result = await toolchain.run(toolchain.compiler, args);
    if (result.status !== 0) {
      await rm(program, { force: true });
      throw new LockstepError('build-failed', `the loader does not compile: ${result.stderr}`);
    }
  }
  return readFile(program);
}
