import type { Stream } from '../../../config/schema.ts';
import { compatGate } from '../../../gate/compat/gate.ts';
import { requireDescriptor } from '../../../oci/manifest.ts';
import { parseReference, versionOf } from '../../../oci/reference.ts';
import { openImage } from '../../../oci/tree/image.ts';
import { type ImageBase, resolveImageBase } from '../../../stream/image/base.ts';
import { COREOS_IMAGE, coreosEvidence } from '../../../stream/image/coreos.ts';
import { LockstepError } from '../../../system/error.ts';
import { passes } from '../../../system/finding.ts';
import { remembered } from '../../../system/remember.ts';
import { repositoryOf } from '../../context/repository.ts';
import { type RunContext, tell } from '../../context/run-context.ts';
import { kernelFacts } from '../../facts/kernel-facts.ts';
import type { RpmBuilder, RpmInputs } from '../../inputs/inputs.ts';
import { isBuilt } from '../../inputs/modules.ts';
import type { Shared } from '../debian/follow.ts';
import { baseSigners } from './base-signers.ts';
import { chooseForBuilder, chooseForImage, NO_BUILDER, NO_PACKAGES } from './choose.ts';
import { readFollowed } from './followed.ts';
import { knownBase } from './known-base.ts';
import { knownBuilder } from './known-builder.ts';
import { followModules } from './modules.ts';
import { type PinnedImage } from './pulled.ts';
import { followSigner } from './signing.ts';

const PLATFORM = { os: 'linux', architecture: 'amd64' };

/** Pins a base that is an image, its builder, the modules and the packages of the image. */
export async function followImage(
  context: RunContext,
  { overlay, ...shared }: Shared,
): Promise<Omit<RpmInputs, 'keys'>> {
  const base = await followBase(context);
  context.onBase?.(base);
  const modules = await followModules(context, base);
  const builder = modules.some(isBuilt) ? await followBuilder(context, base.osVersion) : undefined;
  const signing = await followSigner(context);
  return withPackages(context, {
    ...shared,
    family: 'rpm',
    base,
    modules,
    ...(builder && { builder: { ...builder, ...NO_BUILDER } }),
    ...(signing && { signing }),
    image: { packages: NO_PACKAGES, overlay },
  });
}

/** Nothing is chosen for what will not be built. */
async function withPackages(
  context: RunContext,
  draft: Omit<RpmInputs, 'keys'>,
): Promise<Omit<RpmInputs, 'keys'>> {
  const { base, modules, image } = draft;
  const facts = await kernelFacts(context, { ...base, image: base }, modules);
  if (!passes(compatGate({ kernels: base.kernels, modules, ...facts }))) return draft;
  const known = context.anew ? undefined : await readFollowed(context, draft);
  if (known) {
    const { builder } = known;
    const packages = known.image.packages;
    return { ...draft, ...(builder && { builder }), image: { ...image, packages } };
  }
  const builder = draft.builder && (await equipped(context, draft, draft.builder));
  const packages = await chooseForImage(context, base);
  return { ...draft, ...(builder && { builder }), image: { ...image, packages } };
}

/** The builder with its packages: as kmods that are ready were built, else as dnf chooses now. */
async function equipped(
  context: RunContext,
  draft: Omit<RpmInputs, 'keys'>,
  builder: RpmBuilder,
): Promise<RpmBuilder> {
  const ready = context.anew ? undefined : await knownBuilder(context, draft);
  return ready ?? { ...builder, ...(await chooseForBuilder(context, { ...draft, builder })) };
}

/** The base as inputs name it. */
export async function followBase(context: RunContext): Promise<RpmInputs['base']> {
  const { stream, folders } = context;
  const reference = stream.base.image ?? `${COREOS_IMAGE}:${stream.base.coreos}`;
  const version = versionOf(parseReference(reference));
  const repository = repositoryOf(context, reference);
  const { doubts, ...found } = await resolveImageBase(repository, version, {
    platform: PLATFORM,
    cache: folders.answers,
    known: (digest) => knownBase(context, digest),
  });
  const signers = await baseSigners(context, repository, found);
  const odd = (rule: string) => (doubt: string) =>
    ({ rule, severity: 'warning', message: `${reference}: ${doubt}` }) as const;
  tell(context, doubts.map(odd('base-disagreement')));
  tell(context, (await coreosDoubts(context, found)).map(odd('coreos-disagreement')));
  const kernels = keptKernels(found, stream.base.kernels);
  const kernelRelease = kernels.at(-1) ?? '';
  const removed = found.kernels.filter((kernel) => !kernels.includes(kernel));
  const signed = signers ? { ...found, signers } : found;
  return { ...signed, reference, osVersion: found.os.version, kernels, kernelRelease, removed };
}

/** What Fedora CoreOS publishes beside its images, held against the image; evidence, no input. */
async function coreosDoubts(
  { stream, env, signal }: RunContext,
  { version, kernels }: Pick<ImageBase, 'version' | 'kernels'>,
): Promise<string[]> {
  const { coreos } = stream.base;
  if (!coreos || !version) return [];
  try {
    const { release, kernel } = await coreosEvidence(coreos, version, { env, signal });
    const older = release !== version ? [`the stream ${coreos} is at ${release}`] : [];
    const other = kernel && !kernels.includes(kernel) ? [`its build was of ${kernel}`] : [];
    return [...older, ...other];
  } catch (error) {
    return [`nothing to compare with: ${(error as Error).message}`];
  }
}

/** Which kernels the image will hold; a base with several must be said what to do with. */
function keptKernels(
  { kernels }: Pick<ImageBase, 'kernels'>,
  policy: Stream['base']['kernels'],
): string[] {
  if (policy === 'all' || kernels.length === 1) return kernels;
  if (policy === 'newest') return kernels.slice(-1);
  throw new LockstepError('config', `the base holds several kernels: ${kernels.join(', ')}`, {
    hint: 'say which to keep with base.kernels: all or newest, or name a base with one kernel',
  });
}

async function followBuilder(context: RunContext, osVersion: string): Promise<PinnedImage> {
  const template = context.stream.builder?.image ?? '';
  const reference = template.replaceAll('{os_version}', osVersion);
  const repository = repositoryOf(context, reference);
  const asked = await requireDescriptor(repository, versionOf(parseReference(reference)));
  // Of an index the image for this platform alone: the others would be fetched and kept with it.
  const digest = await remembered(
    context.folders.answers,
    { builder: asked.digest, platform: PLATFORM },
    async () =>
      (await openImage(repository, asked, { platform: PLATFORM })).document.descriptor.digest,
  );
  return { reference, digest };
}
