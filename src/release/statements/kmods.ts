import { z } from 'zod';
import { KMODS_ANNOTATION, readKmodsKey } from '../../kmods/image/image.ts';
import { type KmodsKey, kmodsKeyDigest } from '../../kmods/image/key.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Reader } from '../../oci/repository.ts';
import { type Digest, digestOfJson, isDigest } from '../../system/digest.ts';
import { PROVENANCE_PREDICATE, provenanceOf } from '../../trust/predicate/provenance.ts';
import type { Resource } from '../../trust/predicate/resource.ts';
import type { InstalledPackage } from '../../trust/sbom/contents.ts';
import { SPDX_PREDICATE, spdxDocument } from '../../trust/sbom/spdx.ts';
import type { Attestation } from '../../trust/sign/attest-image.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { filesFor } from '../inputs/modules.ts';
import { sourcesOf } from './dependencies.ts';

/**
 * What is to be said of a kmods image: provenance and packages, by what the image says of itself
 * alone, since it may have been built long before these inputs. Gates judge the OS image that holds
 * it, so it has no summary of its own. Nothing of an image that does not say what it was built from.
 */
export async function kmodsStatements(
  reader: Reader,
  digest: Digest,
  made: readonly Inputs[],
): Promise<Attestation[]> {
  const { descriptor, manifest } = await readManifest(reader, digest);
  const { key } = await readKmodsKey(reader, descriptor);
  if (!key) return [];
  const said = manifest.annotations ?? {};
  const created = said['org.opencontainers.image.created'];
  const packages = packagesSaid(said[KMODS_ANNOTATION.packages]);
  const contents = { os: undefined, packages, modules: [] };
  return [
    { predicateType: PROVENANCE_PREDICATE, predicate: provenanceOfKmods(key, made) },
    {
      predicateType: SPDX_PREDICATE,
      predicate: spdxDocument({ name: reader.name, digest, created }, contents),
    },
  ];
}

function provenanceOfKmods(key: KmodsKey, made: readonly Inputs[]) {
  const { kernel, compiler, recipe, signer } = key;
  const modules = key.modules.map(({ name, version, options }) => ({ name, version, options }));
  return provenanceOf({
    buildType: 'https://lockstep.dev/kmods/v1',
    external: { kernel, modules, key: kmodsKeyDigest(key), ...(signer && { signer }) },
    internal: { compiler, recipe },
    dependencies: key.modules.flatMap((module) => sourcesBy(module, kernel.release, made)),
    byproducts: [],
  });
}

/** The files of a source, out of inputs that pin the very same ones. */
function sourcesBy(
  { name, source }: KmodsKey['modules'][number],
  kernel: string,
  made: readonly Inputs[],
): Resource[] {
  const module = made
    .flatMap(({ modules }) => modules)
    .find((one) => {
      const files = filesFor(one, kernel).map((file) => [file.name, file.sha256]);
      return one.name === name && digestOfJson(files) === source;
    });
  return module ? sourcesOf(module, kernel) : [];
}

const Packages = z.array(
  z.object({
    path: z.string(),
    digest: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value)),
    name: z.string().optional(),
    version: z.string().optional(),
    architecture: z.string().optional(),
  }),
);

/** The packages that lie in a kmods image; those of Debian say in their file names what they are. */
function packagesSaid(text = '[]'): InstalledPackage[] {
  const { data = [] } = z.preprocess(parseJson, Packages).safeParse(text);
  return data.map(({ path, digest, ...said }) => {
    const file = path.split('/').at(-1) ?? path;
    const [, name, version, architecture] = /^([^_]+)_([^_]+)_([^_]+)\.deb$/.exec(file) ?? [];
    return {
      kind: file.endsWith('.deb') ? 'deb' : 'rpm',
      name: said.name ?? name ?? file,
      version: said.version ?? version ?? 'unknown',
      architecture: said.architecture ?? architecture ?? 'unknown',
      file: { path, digest },
    };
  });
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
