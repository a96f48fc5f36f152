import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packFolder } from '../../flist/pack/pack.ts';
import { parseRoute } from '../../flist/store/route.ts';
import { connection } from '../../flist/testing/flist.ts';
import { memoryRepository } from '../../oci/memory.ts';
import type { Reader } from '../../oci/repository.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { writeFlist } from './artifact.ts';
import { handOutFollowed } from './followed.ts';

const TAG = 'firmware-latest';

/** A repository with two versions of firmware, of which machines follow the first. */
async function twoVersions(work: TemporaryFolder) {
  const store = `dir://${work.path}/store`;
  const repository = memoryRepository();
  const pack = async (version: string) => {
    const folder = join(work.path, version);
    const file = join(work.path, `${version}.fl`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'firmware'), version);
    await packFolder({ folder, manifest: file, stores: [parseRoute(store)] }, connection);
    const content = { kind: 'firmware', tag: version } as const;
    const created = new Date(0);
    return {
      bytes: readFileSync(file),
      stored: await writeFlist(repository, { file, content, routes: [], created }),
    };
  };
  const [first, second] = [await pack('1'), await pack('2')];
  await repository.tag(TAG, first.stored);
  const places = { stores: [], routes: [], manifests: { store, folder: 'manifests' } };
  const handOut = (reader: Reader) => handOutFollowed(reader, { ...connection, places });
  const latest = join(work.path, `store/manifests/${TAG}.fl`);
  return { repository, first, second, handOut, latest };
}

describe(handOutFollowed, () => {
  it('puts back what it has put over a newer one', async () => {
    await using work = await temporaryFolder();
    const { repository, second, handOut, latest } = await twoVersions(work);
    let moved = false;
    const reader: Reader = {
      ...repository,
      tags: () => repository.tags(),
      read: (...asked) => repository.read(...asked),
      has: (descriptor) => repository.has(descriptor),
      referrers: (...asked) => repository.referrers(...asked),
      resolve: async (reference) => {
        const found = await repository.resolve(reference);
        if (reference === TAG && !moved) await repository.tag(TAG, second.stored);
        moved ||= reference === TAG;
        return found;
      },
    };

    await handOut(reader);

    expect(readFileSync(latest).equals(second.bytes)).toBe(true);
  });

  it('mends a manifest that is not that of its checksum, and then has nothing to do', async () => {
    await using work = await temporaryFolder();
    const { repository, first, second, handOut, latest } = await twoVersions(work);
    await handOut(repository);
    writeFileSync(latest, second.bytes);

    expect(await handOut(repository)).toEqual([`${TAG}.fl`]);

    expect(readFileSync(latest).equals(first.bytes)).toBe(true);
    expect(await handOut(repository)).toEqual([]);
  });
});
