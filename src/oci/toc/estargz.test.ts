import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_LAYER_ZSTD, OCI_MANIFEST } from '../media-type.ts';
import { memoryRepository } from '../memory.ts';
import { type EstargzOptions, estargzLayer } from '../testing/estargz.ts';
import { putBlob, putManifest } from '../testing/image.ts';
import { gzipLayer } from '../testing/layers.ts';
import { openImageTree } from '../tree/tree.ts';
import { parseEstargzFooter } from './estargz.ts';
import { readToc } from './read.ts';

const files = { 'usr/a': 'a'.repeat(3000), 'usr/empty': '', 'usr/b': 'content of b' };

async function anImage(options: EstargzOptions & { annotated?: boolean } = {}) {
  const repository = memoryRepository();
  const { bytes, annotations } = estargzLayer(files, options);
  const type = options.footer === 'zstd' ? OCI_LAYER_ZSTD : OCI_LAYER_GZIP;
  const blob = await putBlob(repository, type, bytes);
  const layer = options.annotated === false ? blob : { ...blob, annotations };
  const config = await putBlob(repository, OCI_CONFIG, '{}');
  const image = await putManifest(repository, { mediaType: OCI_MANIFEST, config, layers: [layer] });
  return { repository, image, layer };
}

describe('readToc of eStargz and its zstd twin', () => {
  it.each([
    [{}, 'estargz'],
    [{ chunk: 1000 }, 'estargz'],
    [{ footer: 'legacy' }, 'estargz'],
    [{ footer: 'zstd' }, 'zstd:chunked (stargz)'],
    [{ footer: 'zstd', chunk: 1000 }, 'zstd:chunked (stargz)'],
  ] satisfies [EstargzOptions, string][])(
    'reads names and contents, %j',
    async (options, format) => {
      const { repository, image } = await anImage(options);
      const tree = await openImageTree(repository, image, { contents: 'toc' });
      expect(tree.looks).toMatchObject([{ by: format }]);
      expect((await Array.fromAsync(tree.list('usr'))).map(({ path }) => path)).toEqual([
        'usr/a',
        'usr/b',
        'usr/empty',
      ]);
      expect(tree.entry('.no.prefetch.landmark')).toBeUndefined();
      for (const [path, content] of Object.entries(files))
        expect(String(await tree.read(path))).toBe(content);
    },
  );

  it('reads a table that is in an image of its own', async () => {
    const repository = memoryRepository();
    const { bytes, annotations, toc } = estargzLayer(files, { footer: 'external' });
    const layer = { ...(await putBlob(repository, OCI_LAYER_GZIP, bytes)), annotations };
    const table = {
      ...(await putBlob(repository, OCI_LAYER_GZIP, toc)),
      annotations: { 'containerd.io/snapshot/stargz/layer.digest': layer.digest },
    };
    const config = await putBlob(repository, OCI_CONFIG, '{}');
    await putManifest(repository, { mediaType: OCI_MANIFEST, config, layers: [layer] }, 'latest');
    await putManifest(
      repository,
      { mediaType: OCI_MANIFEST, config, layers: [table] },
      'latest-esgztoc',
    );
    const tree = await openImageTree(repository, 'latest', { contents: 'toc' });
    expect(tree.looks).toMatchObject([{ by: 'estargz' }]);
    expect(String(await tree.read('usr/b'))).toBe(files['usr/b']);
  });

  it('streams the layer when its table is elsewhere or not bound', async () => {
    for (const options of [{ footer: 'external' }, { annotated: false }] as const) {
      const { repository, image } = await anImage(options);
      const tree = await openImageTree(repository, image, { contents: 'toc' });
      expect(tree.looks).toMatchObject([{ by: 'tar' }]);
      expect(String(await tree.read('usr/b'))).toBe(files['usr/b']);
    }
  });

  it.each([
    [
      'an offset behind the end',
      (entry: Record<string, unknown>) => (entry.offset = 1e9),
      'invalid-content',
    ],
    [
      'a size that is too large',
      (entry: Record<string, unknown>) => (entry.size = 3001),
      'digest-mismatch',
    ],
    ['another file', (entry: Record<string, unknown>) => (entry.offset = 0), 'invalid-content'],
    ['a negative size', (entry: Record<string, unknown>) => (entry.size = -1), 'invalid-content'],
    [
      'an unknown type',
      (entry: Record<string, unknown>) => (entry.type = 'door'),
      'invalid-content',
    ],
    [
      'a path that leads out',
      (entry: Record<string, unknown>) => (entry.name = '../usr/a'),
      'invalid-content',
    ],
  ])('names a table that lies: %s', async (_, lie, code) => {
    const change = (entries: Record<string, unknown>[]) => {
      const entry = entries.find(({ name }) => name === 'usr/a');
      if (entry) lie(entry);
    };
    const { repository, image } = await anImage({ lie: change });
    const reading = openImageTree(repository, image, { contents: 'toc' }).then((tree) =>
      tree.read('usr/a'),
    );
    await expect(reading).rejects.toMatchObject({ code });
  });

  it('refuses a table that is not the one the manifest names', async () => {
    const { repository, layer } = await anImage();
    const annotations = { 'containerd.io/snapshot/stargz/toc.digest': `sha256:${'0'.repeat(64)}` };
    await expect(readToc(repository, { ...layer, annotations })).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
  });

  it('finds none in a plain gzip layer', async () => {
    const repository = memoryRepository();
    const blob = await putBlob(repository, OCI_LAYER_GZIP, gzipLayer({ a: 'x' }));
    expect(await readToc(repository, blob)).toBeUndefined();
  });
});

describe('parseEstargzFooter', () => {
  it('takes nothing else for a footer and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 51, maxLength: 51 }), (bytes) => {
        expect(parseEstargzFooter(Buffer.from(bytes))).toBeUndefined();
      }),
    );
  });
});
