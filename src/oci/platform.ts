import type { Descriptor, Platform } from './descriptor.ts';

/** Variants of an architecture, each of which runs what is built for those behind it. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  amd64: ['v4', 'v3', 'v2'],
  arm: ['v8', 'v7', 'v6', 'v5'],
  arm64: ['v8'],
};

/**
 * The image of an index for a platform, as skopeo and podman choose it (containers/image,
 * `WantedPlatforms`): the very variant, else the best that runs there; one without a variant
 * stands before others where none is wanted, and of amd64 it is then the only one.
 */
export function imageFor(images: readonly Descriptor[], wanted: Platform): Descriptor | undefined {
  const fitting = images.filter(
    ({ platform }) => platform?.os === wanted.os && platform.architecture === wanted.architecture,
  );
  for (const variant of variantsFor(wanted)) {
    const found = fitting.find(({ platform }) => platform && variantOf(platform) === variant);
    if (found) return found;
  }
  return undefined;
}

/** `os/architecture/variant`, as people write it. */
export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}

/** Variants in the order in which they are wanted; empty: none. */
function variantsFor(platform: Platform): string[] {
  const known = VARIANTS[platform.architecture] ?? [];
  const wanted = variantOf(platform);
  if (wanted === '') return ['', ...(platform.architecture === 'amd64' ? [] : known)];
  const at = known.indexOf(wanted);
  return [...(at < 0 ? [wanted] : known.slice(at)), ''];
}

/** The first level of amd64 is what everything of amd64 runs on. */
function variantOf({ architecture, variant = '' }: Platform): string {
  return architecture === 'amd64' && variant === 'v1' ? '' : variant;
}
