import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';
import { listBundles, readLayer } from '../bundle/attached.ts';
import { type Bundle, isBundleType } from '../bundle/bundle.ts';
import { bundleInLayer } from '../bundle/sealed.ts';
import type { Verifying } from '../bundle/signing.ts';
import { ENVELOPE_TYPE } from '../dsse/envelope.ts';
import { readStatement } from '../dsse/statement.ts';
import { type JudgedSignature, reportOfBundle } from './judged.ts';

/** How many artifacts that are no bundles are looked at. */
const COUNT_LIMIT = 256;

interface Asked {
  verifying: Verifying | Promise<Verifying>;
  /** The predicate that is asked for. */
  type: string;
}

/** The attestations of one type about a manifest: in bundles, and in envelopes such as verdicts. */
export async function judgedAttestations(
  reader: Reader,
  digest: Digest,
  { verifying: opening, type }: Asked,
): Promise<JudgedSignature[]> {
  const found = [
    ...(await bundlesOf(reader, digest, type)),
    ...(await envelopesOf(reader, digest)),
  ];
  const verifying = await opening;
  return found
    .filter(({ bundle }) => readStatement(bundle.envelope.payload)?.predicateType === type)
    .map(({ form, bundle }) =>
      reportOfBundle(form, bundle, { verifying, digest, predicateType: type }),
    );
}

interface Found {
  form: 'bundle' | 'envelope';
  bundle: Bundle;
}

async function bundlesOf(reader: Reader, digest: Digest, type: string): Promise<Found[]> {
  const listed = (await listBundles(reader, digest)).filter(
    ({ predicateType }) => predicateType == null || predicateType === type,
  );
  const bundles = await mapConcurrently(listed, 4, ({ read }) => read());
  return bundles.flatMap((bundle) => (bundle ? [{ form: 'bundle' as const, bundle }] : []));
}

async function envelopesOf(reader: Reader, digest: Digest): Promise<Found[]> {
  const entries = await reader.referrers(digest);
  const others = entries.filter(({ artifactType }) => !isBundleType(artifactType));
  const found = await mapConcurrently(others.slice(0, COUNT_LIMIT), 4, (entry) =>
    envelopeOf(reader, entry),
  );
  return found.filter((one) => one != null);
}

async function envelopeOf(reader: Reader, entry: Descriptor): Promise<Found | undefined> {
  const layer = await readLayer(reader, entry, (type) => type === ENVELOPE_TYPE);
  const bundle = layer && bundleInLayer(layer);
  return bundle && { form: 'envelope', bundle };
}
