import { mkdir, readFile, readlink, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { memoryRepository } from '../memory.ts';
import { putImage } from '../testing/image.ts';
import { gzipLayer, type LayerFiles } from '../testing/layers.ts';
import { extractEntries } from './extract.ts';
import { selectEntries } from './select.ts';
import { openImageTree } from './tree.ts';

const files: LayerFiles = {
  'usr/lib/a': 'content of a',
  'usr/lib/b': { same: 'usr/lib/a' },
  lib: { to: 'usr/lib' },
  out: { to: '../../../etc' },
  'usr/empty/': null,
};

async function aTree(layer: LayerFiles = files) {
  const repository = memoryRepository();
  return openImageTree(repository, await putImage(repository, { layers: [gzipLayer(layer)] }));
}

describe('extractEntries', () => {
  it('writes files, folders and links at their paths', async () => {
    await using folder = await temporaryFolder();
    const tree = await aTree();
    const to = join(folder.path, 'new');
    const done = await extractEntries(tree, await selectEntries(tree), to);
    expect(done).toEqual({
      files: ['usr/lib/a', 'usr/lib/b'],
      folders: ['usr', 'usr/empty', 'usr/lib'],
      links: ['lib', 'out'],
      skipped: [],
    });
    expect(await readFile(join(to, 'lib/b'), 'utf8')).toBe('content of a');
    expect(await readlink(join(to, 'out'))).toBe('../../../etc');
    expect((await stat(join(to, 'usr/lib/a'))).mode & 0o7777).toBe(0o644);
  });

  it('keeps names that are not UTF-8', async () => {
    await using folder = await temporaryFolder();
    const tree = await aTree({ 'd\udcff/caf\udce9': 'latin', l: { to: 'd\udcff/caf\udce9' } });
    await extractEntries(tree, await selectEntries(tree), folder.path);
    expect(await readFile(join(folder.path, 'l'), 'utf8')).toBe('latin');
  });

  it('does not write through a link that stands in the folder', async () => {
    await using folder = await temporaryFolder();
    const to = join(folder.path, 'to');
    const outside = join(folder.path, 'outside');
    await mkdir(to);
    await mkdir(join(outside, 'lib'), { recursive: true });
    await symlink(outside, join(to, 'usr'));
    const tree = await aTree();
    const writing = extractEntries(tree, await selectEntries(tree, 'usr/lib/a'), to);
    await expect(writing).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(stat(join(outside, 'lib/a'))).rejects.toThrow('ENOENT');
  });

  it('replaces a link at the very place instead of writing through it', async () => {
    await using folder = await temporaryFolder();
    const target = join(folder.path, 'target');
    const to = join(folder.path, 'to');
    await mkdir(join(to, 'usr/lib'), { recursive: true });
    await symlink(target, join(to, 'usr/lib/a'));
    const tree = await aTree();
    await extractEntries(tree, await selectEntries(tree, 'usr/lib/a'), to);
    expect(await readFile(join(to, 'usr/lib/a'), 'utf8')).toBe('content of a');
    await expect(stat(target)).rejects.toThrow('ENOENT');
  });
});

describe('selectEntries', () => {
  it.each([
    ['lib/*', ['usr/lib/a', 'usr/lib/b']],
    ['lib', ['usr/lib/a', 'usr/lib/b']],
    ['lib/a', ['usr/lib/a']],
    ['out', ['out']],
    ['b', []],
    ['b*', ['usr/lib/b']],
    ['usr', ['usr/empty', 'usr/lib', 'usr/lib/a', 'usr/lib/b']],
    ['none/*', []],
  ])('of %j finds %j', async (pattern, wanted) => {
    const found = await selectEntries(await aTree(), pattern);
    expect(found.map(({ path }) => path)).toEqual(wanted);
  });
});
