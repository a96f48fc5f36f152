import type { Descriptor } from '../../oci/descriptor.ts';
import type { Repository } from '../../oci/repository.ts';
import { putImage, putIndex } from '../../oci/testing/image.ts';

/** An index of two platforms under the tag `latest`, with the images that it lists. */
export async function putTwoPlatforms(
  repository: Repository,
  seed = 'two platforms',
): Promise<{ index: Descriptor; images: [amd64: Descriptor, arm64: Descriptor] }> {
  const layers = [Buffer.alloc(1024)];
  const labels = { seed };
  const amd64 = await putImage(repository, { layers, labels });
  const arm64 = await putImage(repository, { layers, labels, architecture: 'arm64' });
  const on = (architecture: string) => ({ platform: { os: 'linux', architecture } });
  const members = [
    { ...amd64, ...on('amd64') },
    { ...arm64, ...on('arm64') },
  ];
  const index = await putIndex(repository, members, { tag: 'latest' });
  return { index, images: [amd64, arm64] };
}
