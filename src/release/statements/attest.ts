import type { Stream } from '../../config/schema.ts';
import type { Reader, Registry, Repository } from '../../oci/repository.ts';
import { canonicalJson, type Digest } from '../../system/digest.ts';
import { listBundles } from '../../trust/bundle/attached.ts';
import type { Signing } from '../../trust/bundle/signing.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { speaksOf } from '../../trust/dsse/statement.ts';
import { type Attestation, attestImage } from '../../trust/sign/attest-image.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { DescribedImages } from './described.ts';
import { imageStatements, inputsOf } from './image.ts';
import { kmodsStatements } from './kmods.ts';

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
  const made: Inputs[] = [];
  for (const { repository, digest } of of(publish.image)) {
    const inputs = await inputsOf(repository, digest);
    if (!inputs) continue;
    made.push(inputs);
    const stated = await imageStatements(repository, digest, { inputs, ...options });
    await attachAll(repository, digest, { stated, ...options });
  }
  for (const { repository, digest } of of(publish.kmods)) {
    const stated = await kmodsStatements(repository, digest, made);
    await attachAll(repository, digest, { stated, ...options });
  }
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
  for (const attestation of stated) {
    for (const signing of signings) {
      if (await isAttested(repository, digest, { ...attestation, signing })) continue;
      await attestImage(repository, digest, { ...attestation, signings: [signing], now });
    }
  }
}

/** Whether the same is attached already, by the same signer. */
async function isAttested(
  reader: Reader,
  digest: Digest,
  { predicateType, predicate, signing }: Attestation & { signing: Signing },
): Promise<boolean> {
  const wanted = canonicalJson(predicate);
  for (const attached of await listBundles(reader, digest)) {
    if (attached.predicateType !== predicateType) continue;
    const bundle = await attached.read();
    const judged = bundle && signing.own?.judgeBundle(bundle);
    if (!judged?.verified || !speaksOf(judged.content, digest)) continue;
    if (canonicalJson(judged.content.predicate) === wanted) return true;
  }
  return false;
}
