import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../scripts/bundle.ts';
import { mayMount } from '../src/flist/testing/flist.ts';
import { aKernelModule } from '../src/kernel/testing/module-builder.ts';
import { run, runOk } from '../src/system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';

const ROOT = join(import.meta.dirname, '..');

/** Where npm installs the package: its code bundled, its other files, the packages that stay outside. */
let installed: string;
let work: TemporaryFolder;

beforeAll(async () => {
  work = await temporaryFolder();
  installed = join(work.path, 'lockstep');
  await bundle(join(installed, 'dist'));
  for (const name of ['package.json', 'data', 'scenarios'])
    await symlink(join(ROOT, name), join(installed, name));
  for (const name of ['snappy', '@napi-rs', '@snappy'])
    await link(join(ROOT, 'node_modules', name), join(installed, 'node_modules', name));
  return () => work[Symbol.asyncDispose]();
});

async function link(target: string, place: string): Promise<void> {
  await mkdir(join(place, '..'), { recursive: true });
  await symlink(target, place);
}

const lockstep = (...words: string[]) =>
  run(process.execPath, [join(installed, 'dist/main.cjs'), ...words], { cwd: work.path });

describe('the npm package', () => {
  it('has parts that all load', async () => {
    const parts = (await readdir(join(installed, 'dist'))).filter(
      (file) => /\.c?js$/.test(file) && file !== 'main.cjs' && !file.endsWith('-worker.cjs'),
    );
    const code = `for (const part of ${JSON.stringify(parts)})
      await import(${JSON.stringify(join(installed, 'dist/'))} + part);`;

    expect(parts.length).toBeGreaterThan(100);
    await runOk(process.execPath, ['--input-type=module', '-e', code]);
    expect((await lockstep('--help')).stdout).toContain('Usage: lockstep');
  });

  it('has its table of OpenZFS and its scenarios', async () => {
    const compat = await lockstep('compat', '--json');
    expect(JSON.parse(compat.stdout)).toMatchObject({ schema_version: 1 });

    const smoke = await lockstep('smoke', '--root', '.', '--scenario', 'nothing-of-this-name');
    expect(smoke.stderr).toContain('zfs');
  });

  it('reads modules and packs files on threads of its own', async () => {
    await mkdir(join(work.path, 'root/lib/modules/6.1.0/extra'), { recursive: true });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
      await writeFile(join(work.path, `root/lib/modules/6.1.0/extra/${name}.ko`), aKernelModule());

    const verify = await lockstep('verify', '--root', 'root', '--json');
    expect(verify.stdout.match(/"symbols-unknown"/g)).toHaveLength(6);

    const pack = await lockstep(
      'flist',
      'pack',
      '-m',
      'a.fl',
      '-s',
      `dir://${work.path}/store`,
      'root',
      '--json',
    );
    expect(JSON.parse(pack.stdout)).toMatchObject({ files: 6, stored: 1 });
  });

  it.runIf(mayMount)('mounts what it has packed', async () => {
    const target = join(work.path, 'mounted');
    await mkdir(target);
    await runOk(
      process.execPath,
      [join(installed, 'dist/main.cjs'), 'flist', 'mount', '-d', '-m', 'a.fl', target],
      { cwd: work.path },
    );
    try {
      const module = await readFile(join(target, 'lib/modules/6.1.0/extra/a.ko'));
      expect(module.equals(aKernelModule())).toBe(true);
    } finally {
      expect((await lockstep('flist', 'umount', target)).status).toBe(0);
    }
  });

  it('is a library', async () => {
    const code = `import { readModule } from ${JSON.stringify(join(installed, 'dist/index.js'))};
      process.stdout.write(typeof readModule);`;
    const { stdout } = await runOk(process.execPath, ['--input-type=module', '-e', code]);
    expect(stdout).toBe('function');
  });
});
