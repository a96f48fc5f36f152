import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepository } from '../../oci/open/open.ts';
import {
  type RegistryServer,
  startDockerRegistry,
  whyNoRegistry,
} from '../../oci/testing/docker-registry.ts';
import { gzipLayer, type LayerFiles, putLayers } from '../../oci/testing/layers.ts';
import { chunkImage } from '../../oci/toc/chunked-image.ts';
import { run, runOk } from '../../system/process.ts';
import { findProgram } from '../../system/program.ts';
import { temporaryFolder } from '../../system/temporary.ts';

const LOCKSTEP = new URL('../../../bin/lockstep', import.meta.url).pathname;
const KERNEL = '6.17.8-300.fc43.x86_64';
const KMOD = `rpms/kmods/zfs/kmod-zfs-${KERNEL}-2.3.4-1.fc43.x86_64.rpm`;
const files: LayerFiles = {
  [`usr/lib/modules/${KERNEL}/vmlinuz`]: 'a kernel',
  lib: { to: 'usr/lib' },
  [KMOD]: 'a package',
  'usr/share/noise': Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at * 7919) >> 7)),
};

interface Said {
  status: number;
  document: Record<string, unknown>;
}

async function lockstep(...args: string[]): Promise<Said> {
  const { status, stdout } = await run(LOCKSTEP, [...args, '--json']);
  return { status, document: JSON.parse(stdout) as Record<string, unknown> };
}

const lacking = whyNoRegistry() ?? (findProgram('skopeo', process.env) ? undefined : 'no skopeo');

describe.skipIf(lacking)(
  `looking into images of a registry (${lacking ?? 'docker-registry'})`,
  () => {
    let registry: RegistryServer;
    const at = (name: string) => `${registry.host}/${name}`;
    const open = (name: string) => openRepository(at(name), { env: {}, cwd: '.' });

    beforeAll(async () => {
      registry = await startDockerRegistry();
      const labels = { 'ostree.linux': KERNEL };
      const root = await putLayers(open('gzip'), [gzipLayer(files)], { labels, tag: 'latest' });
      const own = await chunkImage(open('gzip'), open('chunked'), root);
      await open('chunked').tag('latest', own);
      const copy = [
        'copy',
        '--insecure-policy',
        '--src-tls-verify=false',
        '--dest-tls-verify=false',
      ];
      const how = ['--dest-compress-format=zstd:chunked', `docker://${at('gzip')}:latest`];
      await runOk('skopeo', [...copy, ...how, `docker://${at('skopeo')}:latest`]);
    });
    afterAll(() => registry[Symbol.asyncDispose]());

    it.each([
      ['gzip', 'tar'],
      ['chunked', 'zstd:chunked'],
      ['skopeo', 'zstd:chunked'],
    ])('lists the same files of %s layers, by %s', async (name, by) => {
      const { status, document } = await lockstep('ls', at(name), 'lib/modules/*/vmlinuz');
      expect(status).toBe(0);
      expect(document).toMatchObject({
        layers: [{ by }],
        entries: [{ path: `usr/lib/modules/${KERNEL}/vmlinuz`, size: 8 }],
      });
      const { bytes } = document.transfer as { bytes: number };
      if (by !== 'tar') expect(bytes).toBeLessThan(4000);
    });

    it('extracts one file by range', async () => {
      await using folder = await temporaryFolder();
      const { status, document } = await lockstep(
        'extract',
        at('skopeo'),
        '*.rpm',
        '-o',
        folder.path,
      );
      expect({ status, ...document }).toMatchObject({ status: 0, files: [KMOD] });
      expect(await readFile(join(folder.path, KMOD), 'utf8')).toBe('a package');
      expect((document.transfer as { bytes: number }).bytes).toBeLessThan(4000);
    });

    it('tells the kernel and probes the cache', async () => {
      const kernel = await lockstep('kernel', at('chunked'));
      expect(kernel).toMatchObject({
        status: 0,
        document: { kernel: KERNEL, trust: 'seen', findings: [] },
      });
      const yes = await lockstep('probe', at('gzip:latest'), '--module', 'zfs', '--kernel', KERNEL);
      expect(yes).toMatchObject({ status: 0, document: { answer: 'yes', version: '2.3.4' } });
      const stale = await lockstep(
        'probe',
        at('gzip:latest'),
        '--module',
        'zfs',
        '--kernel',
        '6.1.0',
      );
      expect(stale).toMatchObject({ status: 1, document: { answer: 'stale' } });
    });

    it.skipIf(!findProgram('buildah', process.env))(
      'makes layers that buildah pulls from the registry',
      async () => {
        await using folder = await temporaryFolder();
        const storage = [
          '--storage-driver=vfs',
          `--root=${folder.path}/root`,
          `--runroot=${folder.path}/run`,
        ];
        const policy = join(folder.path, 'policy.json');
        await runOk('sh', [
          '-c',
          `echo '{"default":[{"type":"insecureAcceptAnything"}]}' > "$1"`,
          'sh',
          policy,
        ]);
        const from = [
          'from',
          '--tls-verify=false',
          '--signature-policy',
          policy,
          at('chunked:latest'),
        ];
        const { stdout: container } = await runOk('buildah', [...storage, ...from]);
        try {
          const { stdout: mount } = await runOk('buildah', [...storage, 'mount', container.trim()]);
          expect(await readFile(join(mount.trim(), KMOD), 'utf8')).toBe('a package');
        } finally {
          await runOk('buildah', [...storage, 'rm', container.trim()]);
        }
      },
    );
  },
);
