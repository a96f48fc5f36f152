import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../file/testing/tar.ts';
import { digestOf } from '../../system/digest.ts';
import { run, runOk } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { asImage } from '../artifact.ts';
import type { Descriptor } from '../descriptor.ts';
import { openLayout } from '../layout/layout.ts';
import { readManifest } from '../manifest.ts';
import { openRepository } from '../open/open.ts';
import type { Repository } from '../repository.ts';
import { startDockerRegistry, whyNoRegistry } from '../testing/docker-registry.ts';
import { putManifest } from '../testing/image.ts';
import { gzipLayer, type LayerFiles, putLayers, tarLayer } from '../testing/layers.ts';
import { openImage } from '../tree/image.ts';
import { layersOf, openImageTree } from '../tree/tree.ts';
import { chunkImage } from './chunked-image.ts';

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

/** Storage of its own that pulls layers in parts; undefined when overlay cannot be used here. */
async function partialStorage(folder: string): Promise<NodeJS.ProcessEnv | undefined> {
  const file = join(folder, 'storage.conf');
  const lines = [
    '[storage]',
    'driver = "overlay"',
    `graphroot = "${folder}/root"`,
    `runroot = "${folder}/run"`,
    '[storage.options]',
    'pull_options = {enable_partial_images = "true", use_hard_links = "false", ostree_repos = ""}',
  ];
  await writeFile(file, lines.join('\n'));
  const env = { ...process.env, CONTAINERS_STORAGE_CONF: file };
  const { status } = await run('buildah', ['images'], { env });
  return status === 0 ? env : undefined;
}

const lacking = whyNoRegistry() ?? (has('buildah') ? undefined : 'no buildah');

describe.skipIf(lacking)('chunkImage beside a partial pull', () => {
  it('gives a table by which containers/storage pulls the same files in parts', async (context) => {
    await using folder = await temporaryFolder();
    await using registry = await startDockerRegistry();
    const env = await partialStorage(folder.path);
    if (!env) context.skip('overlay cannot be used here');
    const repository = openRepository(`${registry.host}/x`, { env: {}, cwd: '.' });
    const root = await putLayers(repository, [gzipLayer(lower), tarLayer(upper)]);
    await repository.tag(
      'latest',
      await withOlderNames(repository, await chunkImage(repository, repository, root)),
    );

    const policy = join(folder.path, 'policy.json');
    await writeFile(policy, '{"default":[{"type":"insecureAcceptAnything"}]}');
    const from = ['--log-level=debug', 'from', '--tls-verify=false', '--signature-policy', policy];
    const { stdout: name, stderr } = await runOk('buildah', [...from, `${registry.host}/x`], {
      env,
    });
    try {
      expect(stderr.match(/Retrieved partial blob/g)).toHaveLength(2);
      const { stdout: mount } = await runOk('buildah', ['mount', name.trim()], { env });
      const tree = await openImageTree(repository, 'latest');
      const files = (await Array.fromAsync(tree.list(''))).filter(({ type }) => type === 'file');
      const wanted = new Set(files.map(({ path }) => path));
      for await (const { path, content } of tree.readMany(wanted)) {
        expect(digestOf(await readFile(join(mount.trim(), path)))).toBe(digestOf(content));
      }
    } finally {
      await runOk('buildah', ['rm', name.trim()], { env });
      await runOk('buildah', ['rmi', '--all', '--force'], { env });
    }
  });
});

/** The names of the annotations that Debian 12's containers/storage knows. */
async function withOlderNames(repository: Repository, root: Descriptor): Promise<Descriptor> {
  const { manifest } = asImage(await readManifest(repository, root));
  const layers = manifest.layers.map((layer) => {
    const pairs = Object.entries(layer.annotations ?? {});
    const older = pairs.map(([key, value]) => [key.replace('io.github.', 'io.'), value]);
    return { ...layer, annotations: Object.fromEntries(older) as Record<string, string> };
  });
  return putManifest(repository, { ...manifest, layers });
}
