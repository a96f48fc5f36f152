import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGithub } from '../src/source/openzfs/github.ts';
import { resolveOpenzfs } from '../src/source/openzfs/resolve.ts';
import { rangeOfRelease } from '../src/source/openzfs/table.ts';
import { readCompatTable } from '../src/source/openzfs/table-file.ts';
import { startGithub } from '../src/source/testing/github.ts';
import { aSignedRelease, aSigner, type Signer } from '../src/source/testing/github-release.ts';
import { openArchive } from '../src/stream/debian/apt/archive.ts';
import { type DebianSourceArchive, sourceArchive } from '../src/stream/debian/source-archive.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';

let folder: TemporaryFolder;
let signer: Signer;
let archive: DebianSourceArchive;

beforeAll(async () => {
  folder = await temporaryFolder();
  signer = await aSigner();
  const pool = join(folder.path, 'debian');
  await mkdir(join(pool, 'partial'), { recursive: true });
  const request = { suites: ['bookworm', 'bookworm-backports'], components: ['main', 'contrib'] };
  const options = { folder: join(folder.path, 'apt'), env: process.env, withSources: true };
  archive = sourceArchive(await openArchive(request, options), { pool });
});
afterAll(async () => {
  await signer[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** OpenZFS's own tarball, as Debian's archive keeps it. */
async function upstreamTarball(suite: string): Promise<{ version: string; tarball: Buffer }> {
  const { files } = await archive.findSource('zfs-linux', suite);
  const original = files.find(({ name }) => name.endsWith('.orig.tar.gz'));
  const version = /_([\d.]+)\.orig/.exec(original?.name ?? '')?.[1] ?? '';
  const [path = ''] = await archive.fetch(original ? [original] : []);
  return { version, tarball: await readFile(path) };
}

describe('releases of OpenZFS', () => {
  it.each(['bookworm', 'bookworm-backports'])(
    'of %s are pinned from their real tarball, whose META says what our table says',
    async (suite) => {
      const { version, tarball } = await upstreamTarball(suite);
      const { table } = await readCompatTable('/nonexistent');
      const listed = rangeOfRelease(table, version);
      await using server = await startGithub([
        await aSignedRelease(signer, version, { tarball, max: listed?.max }),
      ]);
      const { repository } = server;
      const github = openGithub({ repository, env: {}, now: () => new Date() });
      const line = version.replace(/\.\d+$/, '');
      const request = { name: 'zfs', line, kernels: ['6.1.0-50-amd64'] };
      const pool = join(folder.path, 'pool');
      const { keyring } = signer;

      const pinned = await resolveOpenzfs(request, {
        github,
        table,
        pool,
        cache: pool,
        keyring,
        env: process.env,
      });

      expect(pinned.findings).toEqual([]);
      expect(pinned.source).toMatchObject({ version, range: listed });
      expect(pinned.source.files[0]).toMatchObject({ size: tarball.length });
      expect(tarball.length).toBeGreaterThan(30_000_000);
    },
  );
});
