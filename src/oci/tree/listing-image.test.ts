import { describe, expect, it } from 'vitest';
import { memoryRepository } from '../memory.ts';
import { gzipLayer, type LayerFiles, putLayers, tarLayer } from '../testing/layers.ts';
import { listImage } from './listing-image.ts';

async function listed(pattern: string, ...layers: LayerFiles[]) {
  const repository = memoryRepository();
  const image = await putLayers(
    repository,
    layers.map((files, at) => (at % 2 ? tarLayer : gzipLayer)(files)),
  );
  const { entries, looks, transfer } = await listImage(repository, image, { pattern });
  return {
    paths: entries.map(({ path, size }) => `${path} ${size}`),
    looks: looks.length,
    requests: transfer.requests,
  };
}

describe('listImage', () => {
  it('stops at the uppermost layer that has the file', async () => {
    const lower = { 'etc/a': 'old', b: '' };
    expect(await listed('/etc/a', lower, { 'etc/': null, 'etc/a': 'new one' })).toEqual({
      paths: ['etc/a 7'],
      looks: 1,
      requests: 3,
    });
    expect(await listed('b', lower, { 'etc/a': 'x' })).toMatchObject({ paths: ['b 0'], looks: 2 });
  });

  it.each<[string, LayerFiles[], string[]]>([
    ['lib/a', [{ 'usr/lib/a': 'x', lib: { to: 'usr/lib' } }], ['usr/lib/a 1']],
    ['usr', [{ 'usr/lib/a': 'x' }, { 'usr/b': '' }], ['usr/b 0', 'usr/lib 0', 'usr/lib/a 1']],
    ['a', [{ a: 'x' }, { '.wh.a': '' }], []],
    ['d/a', [{ 'd/a': 'x' }, { d: 'a file' }], []],
    ['h', [{ a: 'xyz', h: { same: 'a' } }], ['h 3']],
    ['usr/lib/a', [{ 'usr/lib/a': 'x', l: { to: 'usr/lib' } }, { 'l/a': 'new' }], ['usr/lib/a 3']],
    ['usr/lib/a', [{ 'usr/lib/a': 'x', l: { to: 'usr/lib' } }, { 'l/.wh.a': '' }], []],
    ['usr/lib/a', [{ 'usr/lib/a': 'x', l: { to: 'usr/lib' } }, { 'l/.wh..wh..opq': '' }], []],
    ['none', [{ a: '' }, { b: '' }], []],
  ])('answers %j as the whole tree would', async (pattern, layers, wanted) => {
    expect((await listed(pattern, ...layers)).paths).toEqual(wanted);
  });
});
