import { appendFile, cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../src/system/process.ts';
import { temporaryFolder } from '../src/system/temporary.ts';

const ROOT = join(import.meta.dirname, '..');
const GUARDED = ['src', 'truth', 'testbed', 'bench', 'scripts', 'test', 'dkms-survey'];
const NEEDED = ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json'];

/** Imports that lead where they must not, and what the guard says of each. */
const PLANTED = [
  { file: 'src/kernel/elf/elf.ts', imports: '../../oci/descriptor.ts', says: 'floor-0-kernel' },
  { file: 'src/oci/descriptor.ts', imports: './layout/layout.ts', says: 'inside-oci-.' },
  { file: 'src/oci/layout/layout.ts', imports: '../remote/retry.ts', says: 'inside-oci-layout' },
  { file: 'src/release/inputs/keys.ts', imports: '../run/run.ts', says: 'inside-release-inputs' },
  { file: 'src/gate/abi/module/rule.ts', imports: '../verify.ts', says: 'inside-gate/abi-module' },
  { file: 'truth/table/count.ts', imports: '../run.ts', says: 'import from each other' },
  { file: 'src/system/error.ts', imports: '../../test/project.ts', says: 'tests-stay-outside' },
];

describe('the guard of the floors', () => {
  it('names every import that leads up', async () => {
    await using copy = await temporaryFolder();
    for (const name of [...GUARDED, ...NEEDED])
      await cp(join(ROOT, name), join(copy.path, name), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(copy.path, 'node_modules'));
    for (const { file, imports } of PLANTED)
      await appendFile(join(copy.path, file), `\nimport '${imports}';\n`);

    const { status, stderr } = await run(process.execPath, ['scripts/check-rooms.ts'], {
      cwd: copy.path,
      env: { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` },
    });

    expect(status).toBe(1);
    for (const { file, says } of PLANTED) {
      const told = stderr.split('\n').filter((line) => line.includes(file.replace(/\.ts$/, '')));
      expect(`${file}: ${told.join('\n')}`).toContain(says);
    }
  });
});
