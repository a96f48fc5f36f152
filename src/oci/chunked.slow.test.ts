import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entriesOf } from '../archive/testing/tar.ts';
import { digestOf } from '../system/digest.ts';
import { runOk } from '../system/process.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { chunkImage } from './chunked-image.ts';
import { openLayout } from './layout.ts';
import { gzipLayer, type LayerFiles, putLayers, tarLayer } from './testing/layers.ts';
import { layersOf, openImageTree } from './tree.ts';
import { openImage } from './tree-image.ts';

const has = (program: string) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const lower: LayerFiles = {
  'usr/': null,
  'usr/lib/': null,
  'usr/lib/modules/6.1.0/': null,
  'usr/lib/modules/6.1.0/zfs.ko': randomBytes(300_000),
  'usr/lib/modules/6.1.0/spl.ko': 's'.repeat(5_000_000),
  'usr/lib/modules/6.1.0/hard': { same: 'usr/lib/modules/6.1.0/zfs.ko' },
  lib: { to: 'usr/lib' },
  'etc/old': 'old',
  'var/gone/a': 'x',
  'opt/a/b': 'x',
};
const upper: LayerFiles = {
  'etc/old': 'new',
  'var/.wh.gone': '',
  'opt/.wh..wh..opq': '',
  'opt/c': 'c',
  'usr/lib/modules/6.1.0/zfs.ko': 'replaced',
};

async function aLayout(folder: string) {
  const layout = openLayout(join(folder, 'store'));
  const root = await putLayers(layout, [gzipLayer(lower), tarLayer(upper)], { tag: 'plain' });
  const chunked = await chunkImage(layout, layout, root, { level: 3 });
  await layout.tag('chunked', chunked);
  return layout;
}

/** Path, type and content of each file of an archive, the root left out. */
async function summaryOf(tar: AsyncIterable<Uint8Array>): Promise<string[]> {
  const entries = await entriesOf(tar);
  const contents = new Map(
    entries.map(({ header, content }) => [header.path.replace(/^\.\//, ''), digestOf(content)]),
  );
  const lines = entries.map(({ header }) => {
    const path = header.path.replace(/^\.\/?/, '');
    const same =
      header.type === 'hardlink'
        ? contents.get((header.linkPath ?? '').replace(/^\.\//, ''))
        : contents.get(path);
    const type = header.type === 'hardlink' ? 'file' : header.type;
    return `${path} ${type} ${type === 'symlink' ? header.linkPath : same} ${header.mode.toString(8)}`;
  });
  return lines.filter((line) => !line.startsWith(' ')).sort();
}

describe.skipIf(!has('skopeo'))('chunkImage beside skopeo', () => {
  it('is copied by skopeo with its digest kept', async () => {
    await using folder = await temporaryFolder();
    await aLayout(folder.path);
    const to = join(folder.path, 'copy');
    await runOk('skopeo', [
      'copy',
      '--insecure-policy',
      '--preserve-digests',
      `oci:${folder.path}/store:chunked`,
      `oci:${to}:latest`,
    ]);
    const [before, after] = await Promise.all([
      openImage(openLayout(join(folder.path, 'store')), 'chunked'),
      openImage(openLayout(to), 'latest'),
    ]);
    expect(after.document.descriptor.digest).toBe(before.document.descriptor.digest);
    const tree = await openImageTree(openLayout(to), 'latest', { contents: 'toc' });
    expect(tree.looks.map(({ by }) => by)).toEqual(['zstd:chunked', 'zstd:chunked']);
    expect(layersOf(tree.image)).toHaveLength(2);
  });
});

describe.skipIf(!has('buildah'))('archives and chunkImage beside buildah', () => {
  it.each(['plain', 'chunked'])('shows the root that buildah unpacks of %s layers', async (tag) => {
    await using folder = await temporaryFolder();
    const layout = await aLayout(folder.path);
    const storage = join(folder.path, 'storage');
    await mkdir(storage);
    const root = ['--storage-driver=vfs', `--root=${storage}/root`, `--runroot=${storage}/run`];
    const stored = `containers-storage:[vfs@${storage}/root+${storage}/run]localhost/image:${tag}`;
    await runOk('skopeo', ['copy', '--insecure-policy', `oci:${layout.path}:${tag}`, stored]);
    const { stdout: name } = await runOk('buildah', [
      ...root,
      'from',
      '--pull-never',
      `localhost/image:${tag}`,
    ]);
    try {
      const { stdout: mount } = await runOk('buildah', [...root, 'mount', name.trim()]);
      const tar = execFileSync(
        'tar',
        [
          '--create',
          '--file=-',
          '--exclude=./dev',
          '--exclude=./proc',
          '--exclude=./sys',
          '--exclude=./run',
          '.',
        ],
        { cwd: mount.trim(), maxBuffer: 1 << 28 },
      );
      const unpacked = await summaryOf(
        (async function* () {
          yield tar;
        })(),
      );
      expect(await summaryOf((await openImageTree(layout, tag)).archive())).toEqual(unpacked);
    } finally {
      await runOk('buildah', [...root, 'rm', name.trim()]);
    }
  });
});
