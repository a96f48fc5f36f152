import { describe, expect, it } from 'vitest';
import { readIfThere } from '../../file/tree.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { memoryRepository } from '../../oci/memory.ts';
import type { Repository } from '../../oci/repository.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import { openImageTree } from '../../oci/tree/tree.ts';
import { sealsBy } from '../../trust/dsse/seals.ts';
import { describeImage } from '../../trust/image-description.ts';
import { aSigner } from '../../trust/testing/keys.ts';
import { recordDescription } from '../record/description.ts';
import { describedImages } from './described.ts';

const POLICY = 'etc/containers/policy.json';
const files = {
  'usr/lib/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'var/lib/dpkg/status': 'Package: bash\nStatus: install ok installed\nVersion: 5\n',
  [POLICY]: '{"default": [{"type": "reject"}]}',
};
const [ours, theirs] = [aSigner(), aSigner()];
const seals = sealsBy([ours.publicKey], ours);

/** An image with its description, signed by these seals. */
async function anImage(by = seals) {
  const repository = memoryRepository();
  const image = await putLayers(repository, [gzipLayer(files)]);
  const description = await describeImage(await openImageTree(repository, image));
  await recordDescription(repository, image, { description, seals: by });
  return { repository, image };
}

/** The same repository, which notes what layers are read of it. */
function watched(repository: Repository): { reader: Repository; layers: string[] } {
  const layers: string[] = [];
  const read: Repository['read'] = (descriptor, range) => {
    if (descriptor.mediaType.includes('tar')) layers.push(descriptor.digest);
    return repository.read(descriptor, range);
  };
  const reader = new Proxy(repository, {
    get(target, name) {
      if (name === 'read') return read;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { reader, layers };
}

async function seen(repository: Repository, { digest }: Descriptor) {
  const image = await describedImages(seals)(repository, digest);
  const policy = image && (await readIfThere(image.files, POLICY));
  return { policy: String(policy), contents: await image?.contents() };
}

describe(describedImages, () => {
  it('reads no layer of an image that we have described, and knows the same of it', async () => {
    const plain = memoryRepository();
    const bare = await putLayers(plain, [gzipLayer(files)]);
    const { repository, image } = await anImage();
    const { reader, layers } = watched(repository);

    const known = await seen(reader, image);

    expect(layers).toEqual([]);
    expect(known).toEqual(await seen(plain, bare));
    expect(known).toMatchObject({
      policy: files[POLICY],
      contents: { packages: [{ name: 'bash' }] },
    });
  });

  it('believes no description of somebody else, and none of another image', async () => {
    const { repository, image } = await anImage(sealsBy([theirs.publicKey], theirs));
    const { reader, layers } = watched(repository);
    const other = await putLayers(repository, [gzipLayer({ seed: 'other' })]);
    const description = await describeImage(await openImageTree(repository, other));
    await recordDescription(repository, other, { description, seals });
    const [stray] = await repository.referrers(other.digest);
    if (!stray) throw new Error('nothing was recorded');
    repository.referrers = async () => [stray];

    const { policy } = await seen(reader, image);

    expect(policy).toBe(files[POLICY]);
    expect(layers).toHaveLength(1);
  });
});
