import { createReadStream } from 'node:fs';
import { writeArtifact } from '../../oci/artifact.ts';
import { copy } from '../../oci/copy.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { requireDescriptor } from '../../oci/manifest.ts';
import { tagOf } from '../../oci/reference.ts';
import type { Repository } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import { type Digest, digestOfJson } from '../../system/digest.ts';
import { buildahOf } from '../context/containers.ts';
import { repositoryOf } from '../context/repository.ts';
import type { RunContext } from '../context/run-context.ts';
import { fetchSet } from '../family/debian/root.ts';
import { rpmFiles } from '../family/rpm/fetch.ts';
import { moduleFiles } from '../family/rpm/modules.ts';
import type { DebianInputs, Inputs, RpmBuilder, RpmInputs } from '../inputs/inputs.ts';
import { bringBack } from '../kept/fetch.ts';
import { blobOf, type PoolFile, poolFilesOf } from '../kept/files.ts';
import { storeInputs } from '../kept/inputs.ts';
import { ARCHIVE_TYPE, BUILDER } from '../kept/mark.ts';
import { short } from '../record/tags.ts';

const TITLE = 'org.opencontainers.image.title';

/**
 * Keeps every pinned file that upstream may delete in the repository of the image, each as a blob
 * of its own digest, attached to the inputs. What is there is neither fetched nor sent again.
 */
export async function archiveInputs(
  context: RunContext,
  inputs: Inputs,
): Promise<{ files: number; sent: number }> {
  const repository = context.ends.image;
  const files = poolFilesOf(inputs, context.folders.pool);
  const there = await mapConcurrently(files, 8, (file) => repository.has(blobOf(file)));
  const missing = files.filter((_, at) => !there[at]);
  await fetchMissing(context, inputs, missing);
  await mapConcurrently(missing, 3, (file) =>
    repository.write(blobOf(file), createReadStream(file.path)),
  );
  const builder = inputs.family === 'rpm' ? inputs.builder : undefined;
  if (builder) await keepBuilder(context, builder, inputs.base.osVersion);
  const subject = await storeInputs(repository, inputs);
  await writeArtifact(repository, archiveOf(files, subject, builder?.digest));
  return { files: files.length, sent: missing.length };
}

function archiveOf(files: readonly PoolFile[], subject: Descriptor, builder?: Digest) {
  return {
    artifactType: ARCHIVE_TYPE,
    subject,
    ...(builder && { annotations: { [BUILDER]: builder } }),
    layers: files.map((file) => ({ ...blobOf(file), annotations: { [TITLE]: file.name } })),
  };
}

/** Those that a run has not fetched, as it found what it makes of them. */
async function fetchMissing(
  context: RunContext,
  inputs: Inputs,
  missing: readonly PoolFile[],
): Promise<void> {
  const absent = await bringBack(context, missing);
  if (absent.length === 0) return;
  const wanted = new Set(absent.map(({ sha256 }) => sha256));
  for (const module of inputs.modules) {
    if (module.files.some(({ sha256 }) => wanted.has(sha256))) await moduleFiles(context, module);
  }
  await (inputs.family === 'debian'
    ? fetchDebs(context, inputs, wanted)
    : fetchRpms(context, inputs, wanted));
}

async function fetchDebs(
  context: RunContext,
  { base, builder, image }: DebianInputs,
  wanted: ReadonlySet<string>,
): Promise<void> {
  for (const { packages } of [base, builder, image]) {
    await fetchSet(context, partOf(packages, wanted), 'archive');
  }
}

async function fetchRpms(
  context: RunContext,
  { base, builder, image }: RpmInputs,
  wanted: ReadonlySet<string>,
): Promise<void> {
  const buildah = await buildahOf(context);
  if (builder) {
    await rpmFiles(context, buildah, { set: partOf(builder.packages, wanted), image: builder });
  }
  await rpmFiles(context, buildah, { set: partOf(image.packages, wanted), image: base });
}

/** Only to be fetched: the digest of the part is that of no set. */
function partOf<T extends { sha256: string }>(
  { packages }: { packages: readonly T[] },
  wanted: ReadonlySet<string>,
): { digest: Digest; packages: T[] } {
  const part = packages.filter(({ sha256 }) => wanted.has(sha256));
  return { digest: digestOfJson(part), packages: part };
}

/** The image that modules are built in goes the way of all images of a moving tag. */
async function keepBuilder(
  context: RunContext,
  builder: RpmBuilder,
  osVersion: string,
): Promise<void> {
  const { image } = context.ends;
  const tag = builderTag(builder.digest, osVersion);
  if ((await image.resolve(tag))?.digest !== builder.digest) {
    const known = await image.resolve(builder.digest);
    const from: Repository = known ? image : repositoryOf(context, builder.reference);
    await copy(from, image, await requireDescriptor(from, builder.digest), { tags: [tag] });
  }
}

/** Name of a builder image in the repository of the OS image. */
function builderTag(digest: Digest, osVersion: string): string {
  return tagOf(`builder-${osVersion}-${short(digest)}`);
}
