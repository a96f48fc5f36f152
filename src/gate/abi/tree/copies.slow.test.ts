import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDirectoryTree } from '../../../file/directory-tree.ts';
import { aKernelModule } from '../../../kernel/testing/module-builder.ts';
import { runOk } from '../../../system/process.ts';
import { temporaryFolder } from '../../../system/temporary.ts';
import { indexPath, kernelAt } from '../kernel/files.ts';
import { judgeCopies } from './copies.ts';

const RELEASE = '6.12.1-test';
const FOLDER = `usr/lib/modules/${RELEASE}`;
const CONFIGS = ['etc/depmod.d', 'run/depmod.d', 'usr/local/lib/depmod.d', 'usr/lib/depmod.d'];
const module = aKernelModule({ name: 'a_b' });

/** A root to be indexed: files of modules below the folder of the kernel, files of `depmod.d`. */
interface Root {
  modules: readonly string[];
  configs: Readonly<Record<string, string>>;
}

const folders = ['kernel/a', 'updates', 'updates/dkms', 'extra', 'extra/build', 'weak-updates/x'];
const path = fc
  .tuple(fc.constantFrom(...folders), fc.constantFrom('a_b.ko', 'a-b.ko'))
  .map((parts) => parts.join('/'));
const line = fc.oneof(
  fc
    .uniqueArray(fc.constantFrom(...folders, 'built-in', 'up'), { maxLength: 4 })
    .map((words) => `search ${words.join(' ')}`),
  fc
    .tuple(
      fc.constantFrom('a_b', 'a-b'),
      fc.constantFrom('*', '6.12', '^5'),
      fc.constantFrom(...folders),
    )
    .map((words) => `override ${words.join(' ')}`),
  fc.constantFrom(
    'exclude dkms',
    'exclude kernel',
    'make_map_files no',
    '# search extra',
    'search',
  ),
);
const text = fc.array(line, { maxLength: 3 }).map((lines) => `${lines.join('\n')}\n`);
const place = fc
  .tuple(fc.constantFrom(...CONFIGS), fc.constantFrom('a.conf', 'z.conf', 'no.txt', '.h.conf'))
  .map((parts) => parts.join('/'));
const root: fc.Arbitrary<Root> = fc.record({
  modules: fc.uniqueArray(path, { minLength: 1, maxLength: 5 }),
  configs: fc.dictionary(place, text, { maxKeys: 3 }),
});

/** What depmod lists for the module. */
async function indexed(folder: string): Promise<string[]> {
  const configs = CONFIGS.flatMap((config) => ['-C', join(folder, config)]);
  await runOk('/usr/sbin/depmod', [...configs, '-b', folder, RELEASE]);
  const dep = await readFile(join(folder, FOLDER, 'modules.dep'), 'utf8');
  return dep.split('\n').flatMap((each) => (each ? [each.slice(0, each.indexOf(':'))] : []));
}

async function write(folder: string, { modules, configs }: Root): Promise<void> {
  for (const file of modules) {
    const full = join(folder, FOLDER, file);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, module);
  }
  for (const file of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo'])
    await writeFile(join(folder, FOLDER, file), '');
  for (const config of CONFIGS) await mkdir(join(folder, config), { recursive: true });
  for (const [file, content] of Object.entries(configs))
    await writeFile(join(folder, file), content);
  await symlink('usr/lib', join(folder, 'lib'));
}

async function judged(folder: string) {
  const files = await kernelAt(openDirectoryTree(folder), FOLDER);
  const copies = judgeCopies(files).get('a_b');
  return copies && { ...copies, winner: indexPath(files, copies.winner) };
}

describe('judgeCopies against depmod', () => {
  it('names the file that depmod takes, wherever it says that it knows', async () => {
    let known = 0;
    await fc.assert(
      fc.asyncProperty(root, async (made) => {
        await using folder = await temporaryFolder();
        await write(folder.path, made);
        const took = await indexed(folder.path);
        const copies = await judged(folder.path);
        if (copies?.isCertain) known++;
        if (!copies || copies.isCertain) expect(took).toEqual(copies ? [copies.winner] : []);
        else
          expect([
            copies.winner,
            ...copies.losers.map((each) => each.slice(FOLDER.length + 1)),
          ]).toContain(took[0]);
      }),
      { numRuns: 60 },
    );
    expect(known).toBeGreaterThan(15);
  });

  it('follows links to modules and to folders of them, and masks', async () => {
    await using folder = await temporaryFolder();
    await write(folder.path, {
      modules: ['kernel/a_b.ko', '../5.0.0-other/extra/a_b.ko'],
      configs: { 'usr/lib/depmod.d/z.conf': 'search built-in\n' },
    });
    await symlink('/dev/null', join(folder.path, 'etc/depmod.d/z.conf'));
    await mkdir(join(folder.path, FOLDER, 'updates'));
    await symlink('../../5.0.0-other/extra', join(folder.path, FOLDER, 'updates/linked'));
    await symlink('gone.ko', join(folder.path, FOLDER, 'updates/other.ko'));
    const files = await kernelAt(openDirectoryTree(folder.path), FOLDER);

    expect(await indexed(folder.path)).toEqual(['updates/linked/a_b.ko']);
    expect(await judged(folder.path)).toMatchObject({
      winner: 'updates/linked/a_b.ko',
      losers: [`${FOLDER}/kernel/a_b.ko`],
      isCertain: true,
    });
    expect(files.lost.map(({ path: lost }) => lost)).toEqual([`${FOLDER}/updates/other.ko`]);
  });
});
