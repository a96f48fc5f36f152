import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addRoute, deleteRoute, patchStores } from './edit.ts';
import { loadManifest, loadSettings } from './manifest/load.ts';
import { parseRoute } from './store/route.ts';
import { aFlist } from './testing/flist.ts';

const fill = (folder: string) => writeFileSync(join(folder, 'file'), 'x');

describe('addRoute and deleteRoute', () => {
  it('put a route in the place of the only one, the old one first', async () => {
    await using flist = await aFlist(fill);
    const { manifest, store } = flist;

    await deleteRoute(await loadSettings(manifest), parseRoute(`dir://${store}`));
    await expect(loadManifest(manifest)).rejects.toMatchObject({ code: 'gate-failed' });
    await addRoute(await loadSettings(manifest), parseRoute('dir:///elsewhere'));

    const { manifest: changed } = await loadManifest(manifest);
    expect(changed.routes.map(({ url }) => url)).toEqual(['dir:///elsewhere']);
  });
});

describe('patchStores', () => {
  it('mends routes that cannot be read from', async () => {
    await using flist = await aFlist(fill);
    const loaded = await loadManifest(flist.manifest);
    const route = { start: 0, end: 255, url: 'zdb://somewhere' };
    await addRoute(loaded, route);

    const output = join(flist.work.path, 'mended.fl');
    await patchStores(
      await loadSettings(flist.manifest),
      [parseRoute(`dir://${flist.store}`)],
      output,
    );

    expect((await loadManifest(output)).manifest.routes).toHaveLength(1);
  });

  it('refuses routes that leave blocks out', async () => {
    await using flist = await aFlist(fill);
    const loaded = await loadSettings(flist.manifest);

    const patching = patchStores(loaded, [parseRoute('00-0f=dir:///a')], flist.manifest);

    await expect(patching).rejects.toMatchObject({ code: 'usage' });
  });
});
