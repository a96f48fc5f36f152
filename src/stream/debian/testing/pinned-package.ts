import type { PinnedPackage } from '../apt/package-set.ts';

/** A pinned package for tests; only what matters to the test needs to be said. */
export function aPinnedPackage(over: Partial<PinnedPackage> = {}): PinnedPackage {
  const { name = 'hello', version = '1.0', architecture = 'amd64' } = over;
  return {
    name,
    version,
    architecture,
    sha256: 'a'.repeat(64),
    size: 100,
    filename: `pool/main/h/${name}/${name}_${version}_${architecture}.deb`,
    archive: 'debian',
    source: name,
    sourceVersion: version,
    ...over,
  };
}
