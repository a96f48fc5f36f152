import type { Stream } from '../../config/schema.ts';
import { requireDescriptor } from '../../oci/manifest.ts';
import type { Registry, Repository } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import { canonicalJson, type Digest } from '../../system/digest.ts';
import { type AttachedBundle, listBundles } from '../../trust/bundle/attached.ts';
import type { Signing } from '../../trust/bundle/signing.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { speaksOf } from '../../trust/dsse/statement.ts';
import { type Attestation, attestImage } from '../../trust/sign/attest-image.ts';
import type { DescribedImages } from './described.ts';
import { imageStatements, inputsOf } from './image.ts';
import { kmodsStatements } from './kmods.ts';

/** Images, or statements of one, that are seen to at the same time. */
const TOGETHER = 4;

/** What is promoted, by the name of its repository. */
export interface Target {
  repository: string;
  digest: Digest;
}

export interface AttestingOptions {
  registry: Registry;
  signings: readonly Signing[];
  /** Whose verdicts count. */
  seals: Seals;
  images: DescribedImages;
  now: Date;
}

/**
 * Attaches to OS images and kmods images that lockstep has made and that are promoted together how
 * they came about, what they have passed and what they consist of, each in a bundle of its own. What
 * is attached already stays.
 */
export async function attestPromoted(
  { publish }: Pick<Stream, 'publish'>,
  targets: readonly Target[],
  options: AttestingOptions,
): Promise<void> {
  const of = (name: string) =>
    targets
      .filter(({ repository }) => repository === name)
      .map(({ digest }) => ({ repository: options.registry.repository(name), digest }));
  const composed = await mapConcurrently(of(publish.image), TOGETHER, async (image) => ({
    ...image,
    inputs: await inputsOf(image.repository, image.digest),
  }));
  const made = composed.flatMap(({ inputs }) => inputs ?? []);
  const images = mapConcurrently(composed, TOGETHER, async ({ repository, digest, inputs }) => {
    if (!inputs) return;
    const stated = await imageStatements(repository, digest, { inputs, ...options });
    await attachAll(repository, digest, { stated, ...options });
  });
  const kmods = mapConcurrently(of(publish.kmods), TOGETHER, async ({ repository, digest }) => {
    const stated = await kmodsStatements(repository, digest, made);
    await attachAll(repository, digest, { stated, ...options });
  });
  await Promise.all([images, kmods]);
}

async function attachAll(
  repository: Repository,
  digest: Digest,
  {
    stated,
    signings,
    now,
  }: Pick<AttestingOptions, 'signings' | 'now'> & { stated: readonly Attestation[] },
): Promise<void> {
  if (stated.length === 0) return;
  const attached = await listBundles(repository, digest);
  const subject = await requireDescriptor(repository, digest);
  const wanted = stated.flatMap((one) => signings.map((signing) => ({ ...one, signing })));
  await mapConcurrently(wanted, TOGETHER, async ({ signing, ...attestation }) => {
    if (await isAttested(attached, digest, { ...attestation, signing })) return;
    await attestImage(repository, subject, { ...attestation, signings: [signing], now });
  });
}

/** Whether the same is attached already, by the same signer. */
async function isAttested(
  bundles: readonly AttachedBundle[],
  digest: Digest,
  { predicateType, predicate, signing }: Attestation & { signing: Signing },
): Promise<boolean> {
  const wanted = canonicalJson(predicate);
  for (const attached of bundles) {
    if (attached.predicateType !== predicateType) continue;
    const bundle = await attached.read();
    const judged = bundle && signing.own?.judgeBundle(bundle);
    if (!judged?.verified || !speaksOf(judged.content, digest)) continue;
    if (canonicalJson(judged.content.predicate) === wanted) return true;
  }
  return false;
}
