import type { Descriptor, Platform } from '../../oci/descriptor.ts';
import { isIndex, type ManifestDocument } from '../../oci/manifest.ts';
import { isIndexType } from '../../oci/media-type.ts';
import { imageFor, platformText } from '../../oci/platform.ts';

/**
 * The image that is pulled; of several for one platform the one in zstd (containers-image:
 * `ChooseInstanceByCompression`).
 */
export function instanceOf(
  { descriptor, manifest }: ManifestDocument,
  platform: Platform,
): Descriptor | undefined {
  if (!isIndex(manifest)) return descriptor;
  const images = manifest.manifests.filter(({ mediaType }) => !isIndexType(mediaType));
  const zstd = images.filter(
    ({ annotations }) => annotations?.['io.github.containers.compression.zstd'] === 'true',
  );
  const chosen = imageFor(images, platform);
  const better = imageFor(zstd, platform);
  const same = chosen?.platform && better?.platform && isSame(chosen.platform, better.platform);
  return same ? better : chosen;
}

function isSame(one: Platform, other: Platform): boolean {
  return platformText(one) === platformText(other);
}
