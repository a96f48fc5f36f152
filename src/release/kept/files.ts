import { pooledRpm } from '../../container/dnf.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { pooledFile, pooledPath } from '../../stream/debian/apt/fetch.ts';
import type { Inputs } from '../inputs/inputs.ts';

/** A pinned file that upstream may delete, and where the pool keeps it. */
export interface PoolFile {
  /** As people know it. */
  name: string;
  /** 64 hex digits. */
  sha256: string;
  /** Bytes. */
  size: number;
  path: string;
}

/** Everything that a replay fetches: packages of base, builder and image, sources of modules. */
export function poolFilesOf(inputs: Inputs, pool: string): PoolFile[] {
  const sources = inputs.modules.flatMap((module) =>
    module.files.map(({ name, sha256, size }) => {
      const file = { name, sha256, size };
      return { ...file, path: pooledFile(pool, file) };
    }),
  );
  const { builder, image } = inputs;
  const base = inputs.family === 'debian' ? inputs.base.packages.packages : [];
  const more = [...(builder?.packages.packages ?? []), ...image.packages.packages];
  const packages = [...base, ...more].map((one) => packageFile(one, inputs.family, pool));
  return [...new Map([...packages, ...sources].map((file) => [file.sha256, file])).values()];
}

/** A package as a file of the pool. */
export function packageFile(
  one: { name: string; version: string; architecture: string; sha256: string; size: number },
  family: Inputs['family'],
  pool: string,
): PoolFile {
  const { sha256, size } = one;
  const version = one.version.replace(/^\d+:/, '');
  return family === 'debian'
    ? {
        name: `${one.name}_${version}_${one.architecture}.deb`,
        sha256,
        size,
        path: pooledPath(pool, one),
      }
    : {
        name: `${one.name}-${version}.${one.architecture}.rpm`,
        sha256,
        size,
        path: pooledRpm(pool, one),
      };
}

/** How the file is named as a blob. */
export function blobOf({ sha256, size }: Pick<PoolFile, 'sha256' | 'size'>): Descriptor {
  return { mediaType: 'application/octet-stream', digest: `sha256:${sha256}`, size };
}
