import { ifThere } from '../../oci/content.ts';
import { isIndex, readManifest } from '../../oci/manifest.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import { type Digest, isDigest } from '../../system/digest.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { PROVENANCE_PREDICATE, provenanceOf } from '../../trust/predicate/provenance.ts';
import type { Resource } from '../../trust/predicate/resource.ts';
import { SUMMARY_PREDICATE, summaryOf } from '../../trust/predicate/summary.ts';
import { SPDX_PREDICATE, spdxDocument } from '../../trust/sbom/spdx.ts';
import type { Attestation } from '../../trust/sign/attest-image.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { readInputs } from '../kept/inputs.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';
import { type FoundVerdict, newestVerdicts } from '../record/verdicts.ts';
import { dependenciesOf } from './dependencies.ts';
import type { DescribedImages } from './described.ts';

/** The inputs that an image names; undefined for one that names none, or whose inputs are gone. */
export async function inputsOf(reader: Reader, digest: Digest): Promise<Inputs | undefined> {
  const { manifest } = await readManifest(reader, digest);
  const named = manifest.annotations?.[IMAGE_ANNOTATION.inputs];
  if (isIndex(manifest) || named == null || !isDigest(named)) return undefined;
  return ifThere(readInputs(reader, named));
}

interface StatedBy {
  inputs: Inputs;
  /** Whose verdicts count. */
  seals: Seals;
  images: DescribedImages;
}

/** What is to be said of an OS image: provenance, the gates that it has passed, what is in it. */
export async function imageStatements(
  repository: Repository,
  digest: Digest,
  { inputs, seals, images }: StatedBy,
): Promise<Attestation[]> {
  const found = [...(await newestVerdicts(repository, digest, seals)).values()];
  const passed = found.filter(({ verdict }) => verdict.result === 'pass');
  const sbom = await sbomOf(repository, digest, images);
  return [
    {
      predicateType: PROVENANCE_PREDICATE,
      predicate: provenanceOfImage(inputs, found.map(resourceOf)),
    },
    ...(passed.length > 0 ? [summaryOfGates(`${repository.name}@${digest}`, inputs, passed)] : []),
    ...(sbom ? [{ predicateType: SPDX_PREDICATE, predicate: sbom }] : []),
  ];
}

function provenanceOfImage(inputs: Inputs, byproducts: readonly Resource[]) {
  const { stream, config, tools, hosts } = inputs;
  const told = hosts && { scopes: hosts.scopes, enforce: hosts.enforce };
  return provenanceOf({
    buildType: 'https://lockstep.dev/build/v1',
    external: { stream, config, ...(told && { hosts: told }) },
    internal: { tools },
    dependencies: dependenciesOf(inputs),
    byproducts,
  });
}

function summaryOfGates(
  resource: string,
  { config }: Inputs,
  passed: readonly FoundVerdict[],
): Attestation {
  const times = passed.map(({ verdict }) => verdict.time).sort();
  const summary = {
    resource,
    config,
    gates: passed.map(({ verdict }) => verdict.gate),
    verdicts: passed.map(resourceOf),
    time: times.at(-1) ?? '',
  };
  return { predicateType: SUMMARY_PREDICATE, predicate: summaryOf(summary) };
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
