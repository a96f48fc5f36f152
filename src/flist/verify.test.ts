import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBlockCodec } from './block/codec.ts';
import { hexOf } from './manifest/blocks.ts';
import { parseRoute } from './store/route.ts';
import { breakManifest } from './testing/broken.ts';
import { aFlist, connection, type TestFlist } from './testing/flist.ts';
import { verifyFlist } from './verify.ts';

const fill = (folder: string) => {
  writeFileSync(join(folder, 'one'), Buffer.alloc(600_000, 1));
  writeFileSync(join(folder, 'two'), 'content');
};

/** The paths of all blocks in a store. */
function stored({ store }: TestFlist): string[] {
  return readdirSync(store, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.length > 64)
    .map((name) => join(store, name));
}

const rules = async ({ manifest }: TestFlist) => {
  const { findings, verdict } = await verifyFlist(manifest, connection);
  return { verdict, rules: [...new Set(findings.map(({ rule }) => rule))] };
};

describe('verifyFlist', () => {
  it('passes what was packed', async () => {
    await using flist = await aFlist(fill);

    expect(await verifyFlist(flist.manifest, connection)).toMatchObject({
      verdict: 'pass',
      blocks: 3,
      checked: 3,
    });
  });

  it('names blocks that are not there', async () => {
    await using flist = await aFlist(fill);
    rmSync(flist.store, { recursive: true });

    expect(await rules(flist)).toEqual({ verdict: 'fail', rules: ['block-missing'] });
  });

  it('names a block with one flipped bit', async () => {
    await using flist = await aFlist(fill);
    const [path = ''] = stored(flist);
    const bytes = readFileSync(path);
    bytes[9] = (bytes[9] ?? 0) ^ 4;
    writeFileSync(path, bytes);

    expect(await rules(flist)).toEqual({ verdict: 'fail', rules: ['block-damaged'] });
  });

  it('names a key that is not that of the block', async () => {
    await using flist = await aFlist(fill);
    breakManifest(flist.manifest, 'UPDATE block SET key = zeroblob(32) WHERE rowid = 1');

    expect(await rules(flist)).toEqual({ verdict: 'fail', rules: ['block-key'] });
  });

  it('names the block of another file that stands for one of the same count', async () => {
    await using flist = await aFlist(fill);
    const { id, key, stored: bytes } = (await openBlockCodec()).encode(Buffer.from('other'));
    const name = hexOf(id);
    mkdirSync(join(flist.store, name.slice(0, 2)), { recursive: true });
    writeFileSync(join(flist.store, name.slice(0, 2), name), bytes);
    breakManifest(
      flist.manifest,
      `UPDATE block SET id = x'${name}', key = x'${hexOf(key)}' WHERE ino = (SELECT ino FROM inode WHERE name = 'two')`,
    );

    expect(await rules(flist)).toEqual({ verdict: 'fail', rules: ['block-size'] });
  });

  it('does not know when a route cannot be asked, unless another has the blocks', async () => {
    await using flist = await aFlist(fill);
    const closed = parseRoute('http://127.0.0.1:9/blocks');
    const there = parseRoute(`dir://${flist.store}`);

    const alone = await verifyFlist(flist.manifest, { ...connection, routes: [closed] });
    const both = await verifyFlist(flist.manifest, { ...connection, routes: [closed, there] });

    expect(alone.verdict).toBe('unknown');
    expect(new Set(alone.findings.map(({ rule }) => rule))).toEqual(new Set(['route-unreachable']));
    expect(both.verdict).toBe('pass');
  });

  it('reads as many blocks as it is asked to', async () => {
    await using flist = await aFlist(fill);

    expect(await verifyFlist(flist.manifest, { ...connection, sample: 2 })).toMatchObject({
      verdict: 'pass',
      blocks: 3,
      checked: 2,
    });
  });
});
