import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TAR_END, tarEntryBytes } from '../../file/tar/write.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { putImage } from '../../oci/testing/image.ts';
import { openImageTree } from '../../oci/tree/tree.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { entriesOf } from '../manifest/entries.ts';
import { parseRoute } from '../store/route.ts';
import { connection } from '../testing/flist.ts';
import { packImageFolder } from './image.ts';

it('packs a folder out of a layer, and says what a flist cannot tell of it', async () => {
  await using work = await temporaryFolder();
  const image = memoryRegistry().repository('image');
  const layer = Buffer.concat([
    tarEntryBytes(
      { path: 'usr/lib/ping', mode: 0o755, xattrs: { 'security.capability': Buffer.of(1) } },
      Buffer.from('content'),
    ),
    tarEntryBytes({ path: 'usr/lib/pong', type: 'hardlink', linkPath: 'usr/lib/ping' }),
    tarEntryBytes({ path: 'usr/lib/queue', type: 'fifo' }),
    tarEntryBytes({ path: 'usr/lib/of-a-group', uid: 0, gid: 7 }, Buffer.from('x')),
    TAR_END,
  ]);
  const tree = await openImageTree(image, await putImage(image, { layers: [layer] }));
  const into = { manifest: join(work.path, 'lib.fl'), stores: [parseRoute(`dir://${work.path}`)] };

  const { manifest, findings } = await packImageFolder(
    { tree, path: 'usr/lib', ...into },
    connection,
  );

  expect(entriesOf(manifest).map(({ path }) => path)).toEqual(['of-a-group', 'ping', 'pong']);
  expect(findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
    'warning hard-links',
    'warning gid-differs',
    'warning xattrs',
    'warning special-files',
  ]);
});
