import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadManifest, loadSettings } from '../../../flist/manifest/load.ts';
import { aFlist } from '../../../flist/testing/flist.ts';
import { run } from '../../../system/process.ts';

const MAIN = join(import.meta.dirname, '../../main.ts');

describe('lockstep flist config', () => {
  it('has understood all changes of a call before it makes the first', async () => {
    await using flist = await aFlist((folder) => writeFileSync(join(folder, 'file'), 'x'));
    const { manifest } = flist;
    const config = (...words: string[]) =>
      run(process.execPath, [MAIN, 'flist', 'config', '-m', manifest, ...words]);
    const before = (await loadManifest(manifest)).digest;

    const tags = await config('tag', 'add', '-t', 'a=1', '-t', 'bogus');
    expect(tags).toMatchObject({ status: 2 });
    expect(tags.stderr).toContain('a tag is KEY=VALUE, not bogus');
    expect(await config('store', 'add', '-s', 'dir:///a', '-s', 'zz=dir:///b')).toMatchObject({
      status: 2,
    });

    expect((await loadManifest(manifest)).digest).toBe(before);
  });

  it('takes the manifest before and behind the words that say what to do, as rfs does before', async () => {
    await using flist = await aFlist((folder) => writeFileSync(join(folder, 'file'), 'x'));
    const { manifest } = flist;
    const config = (...words: string[]) =>
      run(process.execPath, [MAIN, 'flist', 'config', ...words]);
    await config('-m', manifest, 'tag', 'add', '-t', 'a=1', '-t', 'b=2=3');

    const listed = { status: 0, stdout: 'a=1\nb=2=3\n' };
    expect(await config('tag', 'list', '-m', manifest)).toMatchObject(listed);
    expect(await config('-m', manifest, 'tag', 'list')).toMatchObject(listed);
    expect(await config('tag', 'list')).toMatchObject({ status: 2 });
  });

  it('deletes what is named, or all', async () => {
    await using flist = await aFlist((folder) => writeFileSync(join(folder, 'file'), 'x'));
    const { manifest } = flist;
    const config = (...words: string[]) =>
      run(process.execPath, [MAIN, 'flist', 'config', '-m', manifest, ...words]);
    await config('tag', 'add', '-t', 'a=1', '-t', 'b=2', '-t', 'c=3');

    expect(await config('tag', 'delete')).toMatchObject({ status: 2 });
    await config('tag', 'delete', '-k', 'b');
    expect((await loadManifest(manifest)).manifest.tags).toEqual({ a: '1', c: '3' });
    await config('tag', 'delete', '--all');
    await config('store', 'delete', '--all');
    const { tags, routes } = (await loadSettings(manifest)).manifest;
    expect({ tags, routes }).toEqual({ tags: {}, routes: [] });
  });
});
