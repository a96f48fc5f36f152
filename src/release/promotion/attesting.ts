import { ifThere } from '../../oci/content.ts';
import { isIndex, readManifest } from '../../oci/manifest.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import { canonicalJson, type Digest, isDigest } from '../../system/digest.ts';
import { listBundles } from '../../trust/bundle/attached.ts';
import type { Signing } from '../../trust/bundle/signing.ts';
import { speaksOf } from '../../trust/dsse/statement.ts';
import { PROVENANCE_PREDICATE, provenanceOf } from '../../trust/predicate/provenance.ts';
import type { Resource } from '../../trust/predicate/resource.ts';
import { SUMMARY_PREDICATE, summaryOf } from '../../trust/predicate/summary.ts';
import { SPDX_PREDICATE, spdxDocument } from '../../trust/sbom/spdx.ts';
import { type Attestation, attestImage } from '../../trust/sign/attest-image.ts';
import type { Trust } from '../context/trust.ts';
import { readInputs } from '../kept/inputs.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';
import { type FoundVerdict, newestVerdicts } from '../record/verdicts.ts';
import { dependenciesOf } from './dependencies.ts';
import type { DescribedImages } from './described.ts';

export interface AttestingOptions {
  signings: readonly Signing[];
  trust: Pick<Trust, 'verdicts'>;
  images: DescribedImages;
  now: Date;
}

/**
 * Attaches to an image that lockstep composed and that is promoted how it came about, what it has
 * passed and what it consists of, each in a bundle of its own. What is attached already stays.
 */
export async function attestPromoted(
  repository: Repository,
  digest: Digest,
  { signings, now, ...known }: AttestingOptions,
): Promise<void> {
  for (const attestation of await attestationsOf(repository, digest, known)) {
    for (const signing of signings) {
      if (await isAttested(repository, digest, { ...attestation, signing })) continue;
      await attestImage(repository, digest, { ...attestation, signings: [signing], now });
    }
  }
}

/** What is to be said of an image; nothing of one that does not name its inputs. */
async function attestationsOf(
  repository: Repository,
  digest: Digest,
  { trust: { verdicts: seals }, images }: Pick<AttestingOptions, 'trust' | 'images'>,
): Promise<Attestation[]> {
  const { manifest } = await readManifest(repository, digest);
  const named = manifest.annotations?.[IMAGE_ANNOTATION.inputs];
  if (isIndex(manifest) || named == null || !isDigest(named)) return [];
  const inputs = await ifThere(readInputs(repository, named));
  if (!inputs) return [];
  const found = [...(await newestVerdicts(repository, digest, seals)).values()];
  const verdicts = found.map(resourceOf);
  const { stream, config, tools } = inputs;
  const dependencies = dependenciesOf(inputs);
  const provenance = provenanceOf({ stream, config, tools, dependencies, byproducts: verdicts });
  const passed = found.filter(({ verdict }) => verdict.result === 'pass');
  const summary = {
    resource: `${repository.name}@${digest}`,
    config,
    gates: passed.map(({ verdict }) => verdict.gate),
    verdicts: passed.map(resourceOf),
    time:
      passed
        .map(({ verdict }) => verdict.time)
        .sort()
        .at(-1) ?? '',
  };
  const sbom = await sbomOf(repository, digest, images);
  return [
    { predicateType: PROVENANCE_PREDICATE, predicate: provenance },
    ...(passed.length > 0
      ? [{ predicateType: SUMMARY_PREDICATE, predicate: summaryOf(summary) }]
      : []),
    ...(sbom ? [{ predicateType: SPDX_PREDICATE, predicate: sbom }] : []),
  ];
}

async function sbomOf(repository: Repository, digest: Digest, images: DescribedImages) {
  const image = await images(repository, digest);
  if (!image) return undefined;
  const { created } = image;
  return spdxDocument({ name: repository.name, digest, created }, await image.contents());
}

function resourceOf({ verdict, digest }: FoundVerdict): Resource {
  const { gate, result, terms } = verdict;
  return { name: `verdict of the gate ${gate}`, digest, annotations: { result, terms } };
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
