import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpTransport } from '../../oci/remote/transport.ts';
import { digestOf } from '../../system/digest.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { BLOCK_SIZE } from '../block/codec.ts';
import { entriesOf } from '../manifest/entries.ts';
import { readManifest } from '../manifest/read.ts';
import { parseRoute } from '../store/route.ts';
import { VECTORS } from '../testing/vectors.ts';
import { packFolder } from './pack.ts';

const connection = { transport: httpTransport({ env: {} }) };

async function packed(fill: (folder: string) => void) {
  const work = await temporaryFolder();
  const folder = join(work.path, 'tree');
  mkdirSync(folder);
  fill(folder);
  const manifest = join(work.path, 'tree.fl');
  const store = join(work.path, 'store');
  const pack = () =>
    packFolder({ folder, manifest, stores: [parseRoute(`dir://${store}`)] }, connection);
  return { work, folder, manifest, store, pack, first: await pack() };
}

describe('packFolder', () => {
  it('gives the same manifest of the same content, with a time for all of it', async () => {
    const time = 0;
    const digests = [];
    for (const written of [1_000_000, 2_000_000]) {
      await using work = await temporaryFolder();
      const folder = join(work.path, 'tree');
      mkdirSync(join(folder, 'a'), { recursive: true });
      writeFileSync(join(folder, 'a/file'), 'content');
      utimesSync(join(folder, 'a/file'), written, written);
      const manifest = join(work.path, 'tree.fl');
      const stores = [parseRoute(`dir://${join(work.path, 'store')}`)];
      const routes = [parseRoute('dir:///mnt/blocks')];
      await packFolder({ folder, manifest, stores }, { ...connection, routes, time });
      digests.push(digestOf(readFileSync(manifest)));
    }

    expect(digests[0]).toBe(digests[1]);
  });

  it('keeps files, links, modes and times, and reads back without findings', async () => {
    const { work, manifest, first } = await packed((folder) => {
      mkdirSync(join(folder, 'a'));
      writeFileSync(join(folder, 'a/empty'), '');
      writeFileSync(join(folder, 'a/full'), Buffer.alloc(BLOCK_SIZE + 1, 3));
      chmodSync(join(folder, 'a/full'), 0o4755);
      utimesSync(join(folder, 'a/full'), 1_000_000, 1_000_000);
      symlinkSync('../a/full', join(folder, 'link'));
    });
    await using _ = work;

    const read = readManifest(manifest);

    expect(read.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const entries = entriesOf(read.manifest ?? first.manifest);
    expect(entries.map(({ path }) => path)).toEqual(['a', 'a/empty', 'a/full', 'link']);
    expect(entries[2]).toMatchObject({
      type: 'file',
      mode: 0o4755,
      mtime: 1_000_000,
      size: BLOCK_SIZE + 1,
    });
    expect(entries[2]?.blocks).toHaveLength(2);
    expect(entries[3]).toMatchObject({ type: 'symlink', linkTarget: '../a/full' });
  });

  it('stores under the names that rfs gives', async () => {
    const { work, store } = await packed((folder) => {
      for (const { name, content } of VECTORS) writeFileSync(join(folder, name), content);
    });
    await using _ = work;

    const ids = new Set(VECTORS.flatMap(({ blocks }) => blocks.map(({ id }) => id)));
    for (const id of ids) expect(existsSync(join(store, id.slice(0, 2), id))).toBe(true);
    const stored = readdirSync(store).flatMap((shard) => readdirSync(join(store, shard)));
    expect(new Set(stored)).toEqual(ids);
  });

  it('gives the same bytes for the same tree and sends nothing twice', async () => {
    const { work, manifest, pack, first } = await packed((folder) => {
      writeFileSync(join(folder, 'one'), 'content');
      writeFileSync(join(folder, 'two'), 'content');
    });
    await using _ = work;
    const before = readFileSync(manifest);

    const second = await pack();

    expect(first).toMatchObject({ stored: 1, reused: 1 });
    expect(second).toMatchObject({ stored: 0, reused: 2 });
    expect(readFileSync(manifest).equals(before)).toBe(true);
  });

  it('says what a flist cannot tell', async () => {
    const { work, first } = await packed((folder) => {
      writeFileSync(join(folder, 'one'), 'content');
      linkSync(join(folder, 'one'), join(folder, 'two'));
      execFileSync('mkfifo', [join(folder, 'a-pipe')]);
      execFileSync('setfattr', ['-n', 'user.origin', '-v', 'here', join(folder, 'one')]);
    });
    await using _ = work;

    expect(first.findings.map(({ rule, severity }) => [rule, severity])).toEqual(
      ['hard-links', 'special-files', 'xattrs'].map((rule) => [rule, 'warning']),
    );
    expect(first.findings.at(-1)?.message).toMatch(/^2 files with .*: user\.origin$/);
    expect(first.manifest.inodes.map(({ name }) => name)).toEqual(['/', 'one', 'two', 'a-pipe']);
  });

  it.each([
    ['a folder that is not there', 'nowhere/tree.fl'],
    ['a folder in its place', 'tree'],
  ])('refuses to write a manifest into %s before it stores anything', async (_, place) => {
    await using work = await temporaryFolder();
    const folder = join(work.path, 'tree');
    mkdirSync(folder);
    writeFileSync(join(folder, 'file'), 'x');
    const store = join(work.path, 's');

    const packing = packFolder(
      { folder, manifest: join(work.path, place), stores: [parseRoute(`dir://${store}`)] },
      connection,
    );

    await expect(packing).rejects.toMatchObject({ code: 'usage' });
    expect(existsSync(store)).toBe(false);
  });

  it('refuses a name that is not UTF-8 and leaves no manifest', async () => {
    await using work = await temporaryFolder();
    const folder = join(work.path, 'tree');
    mkdirSync(folder);
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xff)]), 'x');
    const manifest = join(work.path, 'tree.fl');

    const packing = packFolder(
      { folder, manifest, stores: [parseRoute(`dir://${work.path}/s`)] },
      connection,
    );

    await expect(packing).rejects.toMatchObject({ code: 'unsupported' });
    expect(existsSync(manifest)).toBe(false);
  });
});
