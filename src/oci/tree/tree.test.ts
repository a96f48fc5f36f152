import { describe, expect, it } from 'vitest';
import { writeArtifact } from '../artifact.ts';
import { memoryRepository } from '../memory.ts';
import { putImage, putIndex } from '../testing/image.ts';
import { gzipLayer, type LayerFiles, tarLayer, zstdLayer } from '../testing/layers.ts';
import { openImageTree } from './tree.ts';

async function treeOf(...layers: LayerFiles[]) {
  const repository = memoryRepository();
  const make = [tarLayer, gzipLayer, zstdLayer];
  const image = await putImage(repository, {
    layers: layers.map((files, index) => (make[index % 3] ?? tarLayer)(files)),
  });
  return openImageTree(repository, image);
}

async function pathsOf(...layers: LayerFiles[]) {
  const tree = await treeOf(...layers);
  return (await Array.fromAsync(tree.list(''))).map(({ path }) => path);
}

describe('openImageTree', () => {
  it('lays later layers over earlier ones', async () => {
    const tree = await treeOf({ 'etc/': null, 'etc/a': 'old', 'etc/b': 'b' }, { 'etc/a': 'new' });
    const entries = await Array.fromAsync(tree.list('etc'));
    expect(entries.map(({ path, layer }) => [path, layer])).toEqual([
      ['etc/a', 1],
      ['etc/b', 0],
    ]);
    expect(String(await tree.read('/etc/a'))).toBe('new');
  });

  it('takes away what whiteouts name in lower layers only', async () => {
    expect(
      await pathsOf({ a: '1', 'd/x': '1', 'd/y/z': '1' }, { '.wh.a': '', 'd/.wh.y': '' }),
    ).toEqual(['d', 'd/x']);
    expect(await pathsOf({ a: '1' }, { a: '2', '.wh.a': '' })).toEqual(['a']);
    expect(await pathsOf({ 'd/old': '1' }, { 'd/new': '2', '.wh.d': '' })).toEqual(['d', 'd/new']);
  });

  it('empties opaque folders of what lower layers put there', async () => {
    const lower = { 'd/a': '1', 'd/b/c': '1', e: '1' };
    expect(await pathsOf(lower, { 'd/new': '2', 'd/.wh..wh..opq': '' })).toEqual([
      'd',
      'd/new',
      'e',
    ]);
    expect(await pathsOf(lower, { 'd/.wh..wh..opq': '', 'd/b/n': '2' })).toEqual([
      'd',
      'd/b',
      'd/b/n',
      'e',
    ]);
  });

  it('changes types: a file over a folder, a folder over a file or a link', async () => {
    expect(await pathsOf({ 'd/a': '1' }, { d: 'file' })).toEqual(['d']);
    expect(await pathsOf({ d: 'file' }, { 'd/': null, 'd/a': '2' })).toEqual(['d', 'd/a']);
    expect(await pathsOf({ 'x/a': '1', d: { to: 'x' } }, { 'd/': null, 'd/b': '2' })).toEqual([
      'd',
      'd/b',
      'x',
      'x/a',
    ]);
  });

  it('follows links among parent folders inside the tree', async () => {
    const tree = await treeOf(
      { 'usr/lib/m': 'm', lib: { to: 'usr/lib' }, abs: { to: '/usr/../../usr/lib' } },
      { 'lib/n': 'n', l: { to: 'abs/m' }, loop: { to: 'loop' } },
    );
    expect(String(await tree.read('lib/n'))).toBe('n');
    expect(String(await tree.read('l'))).toBe('m');
    const entries = await Array.fromAsync(tree.list('lib'));
    expect(entries.map(({ path }) => path)).toEqual(['usr/lib/m', 'usr/lib/n']);
    await expect(tree.read('loop')).rejects.toMatchObject({ code: 'not-found' });
    expect(tree.entry('l')).toMatchObject({ type: 'symlink', linkTarget: 'abs/m' });
    expect(tree.entry('l', true)).toMatchObject({ path: 'usr/lib/m', type: 'file', size: 1 });
  });

  it('keeps what a hard link names though its first name is gone or replaced', async () => {
    const tree = await treeOf(
      { a: 'first', b: { same: 'a' } },
      { a: 'second', c: { same: 'b' }, '.wh.x': '' },
      { '.wh.b': '' },
    );
    expect(String(await tree.read('a'))).toBe('second');
    expect(String(await tree.read('c'))).toBe('first');
    expect(tree.entry('c')).toMatchObject({ type: 'file', size: 5, layer: 0 });
  });

  it('reads many files, each once, absent ones left out', async () => {
    const tree = await treeOf({ a: '1', 'd/b': '2', e: '' }, { c: '3', l: { to: 'a' } });
    const files = await Array.fromAsync(
      tree.readMany(new Set(['c', 'a', 'd/b', 'l', 'e', 'd', 'none'])),
    );
    const contents = Object.fromEntries(files.map(({ path, content }) => [path, String(content)]));
    expect(contents).toEqual({ a: '1', l: '1', 'd/b': '2', c: '3', e: '' });
  });

  it('reads only the layer that holds what is wanted', async () => {
    const tree = await treeOf({ big: 'x'.repeat(100_000) }, { small: 'y' });
    const before = tree.transfer.requests;
    await tree.read('small');
    expect(tree.transfer.requests).toBe(before + 1);
  });

  it('believes the index of our own images when asked, and reads contents from the layers', async () => {
    const repository = memoryRepository();
    const files = { 'zfs.rpm': 'content', 'debug/zfs-debug.rpm': 'more' };
    const packages = Object.entries(files).map(([path, text]) => ({ path, size: text.length }));
    const annotations = {
      'dev.lockstep.key': 'x',
      'dev.lockstep.packages': JSON.stringify(packages),
    };
    const image = await putImage(repository, { layers: [gzipLayer(files)], annotations });
    const tree = await openImageTree(repository, image, { contents: 'index' });
    expect((await Array.fromAsync(tree.list(''))).map(({ path }) => path)).toEqual([
      'debug',
      'debug/zfs-debug.rpm',
      'zfs.rpm',
    ]);
    expect(tree).toMatchObject({ looks: [{ by: 'index' }], transfer: { requests: 2 } });
    expect(String(await tree.read('zfs.rpm'))).toBe('content');
  });

  it('keeps contents that are wanted while it reads names', async () => {
    const repository = memoryRepository();
    const image = await putImage(repository, { layers: [gzipLayer({ 'd/a': 'kept', b: 'not' })] });
    const tree = await openImageTree(repository, image, { keep: (path) => path.startsWith('d/') });
    const { requests } = tree.transfer;
    expect(String(await tree.read('d/a'))).toBe('kept');
    expect(tree.transfer.requests).toBe(requests);
    expect(String(await tree.read('b'))).toBe('not');
    expect(tree.transfer.requests).toBe(requests + 1);
  });

  it('shows one layer as it is when asked', async () => {
    const repository = memoryRepository();
    const image = await putImage(repository, {
      layers: [tarLayer({ a: '1' }), tarLayer({ b: '2' })],
    });
    const tree = await openImageTree(repository, image, { layer: 1 });
    expect((await Array.fromAsync(tree.list(''))).map(({ path }) => path)).toEqual(['b']);
    await expect(openImageTree(repository, image, { layer: 2 })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('chooses the image of an index by platform and passes over attestations', async () => {
    const repository = memoryRepository();
    const amd = await putImage(repository, { layers: [tarLayer({ amd: '' })] });
    const arm = await putImage(repository, {
      layers: [tarLayer({ arm: '' })],
      architecture: 'arm64',
    });
    const note = await putImage(repository, { seed: 'attestation' });
    await putIndex(
      repository,
      [
        { ...arm, platform: { os: 'linux', architecture: 'arm64' } },
        { ...amd, platform: { os: 'linux', architecture: 'amd64' } },
        { ...note, platform: { os: 'unknown', architecture: 'unknown' } },
      ],
      { tag: 'latest' },
    );
    const tree = await openImageTree(repository, 'latest', {
      platform: { os: 'linux', architecture: 'arm64' },
    });
    expect(tree.entry('arm')).toBeDefined();
    await expect(
      openImageTree(repository, 'latest', { platform: { os: 'linux', architecture: 'riscv64' } }),
    ).rejects.toMatchObject({ code: 'not-found', hint: 'it has linux/arm64, linux/amd64' });
  });
});

describe('openImageTree with hostile layers', () => {
  it('refuses paths that lead out of the image', async () => {
    await expect(treeOf({ '../etc/passwd': 'x' })).rejects.toMatchObject({
      code: 'invalid-content',
    });
    await expect(treeOf({ a: '', b: { same: '../../a' } })).rejects.toMatchObject({
      code: 'invalid-content',
    });
  });

  it('refuses hard links to nothing and to folders', async () => {
    await expect(treeOf({ a: { same: 'b' } })).rejects.toMatchObject({ code: 'invalid-content' });
    await expect(treeOf({ 'd/': null, a: { same: 'd' } })).rejects.toMatchObject({
      code: 'invalid-content',
    });
  });

  it('refuses paths deeper than any system can unpack', async () => {
    await expect(treeOf({ [`${'d/'.repeat(50_000)}f`]: '' })).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  it('stops at the limit of entries', async () => {
    const repository = memoryRepository();
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, '']));
    const image = await putImage(repository, { layers: [gzipLayer(files)] });
    await expect(openImageTree(repository, image, { entries: 100 })).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  it('refuses a layer that is no archive', async () => {
    const repository = memoryRepository();
    const image = await putImage(repository, { layers: ['x'.repeat(600)] });
    await expect(openImageTree(repository, image)).rejects.toMatchObject({
      code: 'invalid-content',
    });
  });

  it('says that an artifact holds no files', async () => {
    const repository = memoryRepository();
    const artifact = await writeArtifact(repository, {
      artifactType: 'application/vnd.example.v1',
      layers: [],
    });
    await expect(openImageTree(repository, artifact)).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});
