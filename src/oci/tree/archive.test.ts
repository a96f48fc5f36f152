import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../file/testing/tar.ts';
import { memoryRepository } from '../memory.ts';
import { putImage } from '../testing/image.ts';
import { gzipLayer, type LayerFiles, putLayers, tarLayer } from '../testing/layers.ts';
import { chunkImage } from '../toc/chunked-image.ts';
import { openImageTree } from './tree.ts';

async function imageOf(layers: LayerFiles[]) {
  const repository = memoryRepository();
  const image = await putLayers(
    repository,
    layers.map((files, index) => (index % 2 ? gzipLayer : tarLayer)(files)),
  );
  return { repository, image };
}

async function archiveOf(...[repository, image]: Parameters<typeof openImageTree>) {
  return (await openImageTree(repository, image)).archive();
}

async function mergedEntries(...layers: LayerFiles[]) {
  const { repository, image } = await imageOf(layers);
  return entriesOf(await archiveOf(repository, image));
}

const file = fc.oneof(
  fc.string({ maxLength: 20, unit: fc.constantFrom('a', 'b') }),
  fc.constant(null),
  fc.constantFrom('a', 'a/b', 'c').map((to) => ({ to })),
);
const path = fc.constantFrom(
  'a',
  'b',
  'c',
  'a/a',
  'a/b',
  'a/b/c',
  'c/a',
  'a/.wh.b',
  '.wh.a',
  'a/.wh..wh..opq',
  '.wh.c',
);
const layers = fc.array(fc.dictionary(path, file, { maxKeys: 6 }), { minLength: 1, maxLength: 4 });

describe('archive', () => {
  it('puts folders first, then each file once with its hard links after it', async () => {
    const entries = await mergedEntries(
      { 'd/': null, 'd/a': 'first', b: { same: 'd/a' }, gone: 'x' },
      { 'd/a': 'second', '.wh.gone': '', z: { same: 'b' }, 'e/f': { to: '../b' } },
    );
    expect(
      entries.map(({ header, content }) => [
        header.type,
        header.path,
        header.linkPath ?? String(content),
      ]),
    ).toEqual([
      ['directory', 'd', ''],
      ['directory', 'e', ''],
      ['file', 'b', 'first'],
      ['hardlink', 'z', 'b'],
      ['file', 'd/a', 'second'],
      ['symlink', 'e/f', '../b'],
    ]);
  });

  it('is the same whatever the names of the tree were read from', async () => {
    const { repository, image } = await imageOf([{ a: 'first' }, { b: { same: 'a' }, c: 'x' }]);
    const chunked = await chunkImage(repository, repository, image);
    const bytes = async (contents: 'toc' | 'tar', root: typeof image) =>
      Buffer.concat(
        await Array.fromAsync((await openImageTree(repository, root, { contents })).archive()),
      );
    const plain = await bytes('tar', image);
    expect(await bytes('toc', chunked)).toEqual(plain);
  });

  it('is one layer that shows the same tree as the layers it came from', async () => {
    await fc.assert(
      fc.asyncProperty(layers, async (files) => {
        const { repository, image } = await imageOf(files);
        const whole = Buffer.concat(await Array.fromAsync(await archiveOf(repository, image)));
        const flat = await putImage(repository, { layers: [whole] });
        const [before, after] = await Promise.all(
          [image, flat].map((each) => contentsOf(repository, each)),
        );
        expect(after).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });
});

async function contentsOf(...[repository, image]: Parameters<typeof openImageTree>) {
  const tree = await openImageTree(repository, image);
  const entries = await Array.fromAsync(
    tree.list(''),
    ({ path, type, size, linkTarget, mode }) => ({ path, type, size, linkTarget, mode }),
  );
  const files = entries.filter(({ type }) => type === 'file').map(({ path }) => path);
  const contents = await Array.fromAsync(
    tree.readMany(new Set(files)),
    ({ path, content }) => `${path} ${String(content)}`,
  );
  return { entries, contents: contents.sort() };
}
