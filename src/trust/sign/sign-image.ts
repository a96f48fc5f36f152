import type { ArtifactLayer } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { instancesOf } from '../../oci/instances.ts';
import { platformText } from '../../oci/platform.ts';
import type { Repository } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';
import { attachBundle, listBundles } from '../bundle/attached.ts';
import { SIGNATURE_PREDICATE, signatureStatement } from '../bundle/signature-statement.ts';
import type { Signing, Verifying } from '../bundle/signing.ts';
import { speaksOf } from '../dsse/statement.ts';
import type { Claim } from '../signature/claim.ts';
import { addSignatures } from '../signature/image.ts';
import { holdsLayer, type SimpleSignature } from '../signature/layer.ts';

/** A form in which a signature is stored: for hosts and older clients, for cosign 3 and `gh`. */
export type SignatureForm = 'simplesigning' | 'bundle';

/** What was written beside one manifest. */
export interface SignedManifest {
  digest: Digest;
  /** `os/architecture[/variant]`, as the index says. */
  platform?: string;
  /** Forms that were missing and are there now. */
  written: SignatureForm[];
}

export interface SignOptions {
  /**
   * Who signs: a key, keyless, or both. While it is being opened what is there is looked at; nothing
   * is written before.
   */
  signings: readonly (Signing | Promise<Signing>)[];
  /** Names under which hosts pull: `HOST/NAME`, or `HOST/NAME:TAG` for a signature of that tag. */
  identities: readonly string[];
  /** The date that bundles carry. */
  now: Date;
}

/** Manifests that are signed at the same time. */
const CONCURRENCY = 6;

/**
 * Signs an image in both forms, with every image that it lists when it is an index: hosts judge the
 * image of their platform. Signatures of others stay; what is signed already is not signed again.
 */
export async function signImage(
  repository: Repository,
  reference: string | Descriptor,
  options: SignOptions,
): Promise<{ digest: Digest; signed: SignedManifest[] }> {
  const manifests = await instancesOf(repository, reference);
  const signed = await mapConcurrently(manifests, CONCURRENCY, async (descriptor) => {
    const { digest, platform } = descriptor;
    const written = await signManifest(repository, descriptor, options);
    return { digest, ...(platform ? { platform: platformText(platform) } : {}), written };
  });
  return { digest: manifests[0].digest, signed };
}

async function signManifest(
  repository: Repository,
  descriptor: Descriptor,
  { signings, ...options }: SignOptions,
): Promise<SignatureForm[]> {
  const written = new Set<SignatureForm>();
  for (const signing of signings) {
    const [simple, bundle] = await Promise.all([
      addClaims(repository, descriptor, { signing, ...options }),
      addBundle(repository, descriptor, { signing, ...options }),
    ]);
    if (simple) written.add('simplesigning');
    if (bundle) written.add('bundle');
  }
  return [...written];
}

/** What one of them signs with. */
type OwnOptions = Omit<SignOptions, 'signings'> & { signing: Signing | Promise<Signing> };

function addClaims(
  repository: Repository,
  { digest }: Descriptor,
  { signing, identities }: OwnOptions,
): Promise<boolean> {
  // Made once, so that what another client's write undid is added again and not signed anew.
  const made = new Map<string, ArtifactLayer>();
  return addSignatures(repository, digest, async (present) => {
    const opened = await signing;
    const lacking: ArtifactLayer[] = [];
    for (const identity of identities) {
      const claim = { digest, identity };
      const known = made.get(identity);
      if (known ? holdsLayer(present, known) : holdsClaim(present, claim, opened.own)) continue;
      const layer = known ?? (await opened.signClaim(claim));
      made.set(identity, layer);
      lacking.push(layer);
    }
    return lacking;
  });
}

/** True when somebody known by this has signed the claim. */
function holdsClaim(
  present: readonly SimpleSignature[],
  { digest, identity }: Claim,
  own: Verifying | undefined,
): boolean {
  return present.some((signature) => {
    const judged = own?.judgeClaim(signature);
    if (!judged?.verified) return false;
    return judged.content.digest === digest && judged.content.identity === identity;
  });
}

async function addBundle(
  repository: Repository,
  subject: Descriptor,
  { signing, now }: OwnOptions,
): Promise<boolean> {
  if (await hasOwnBundle(repository, subject.digest, signing)) return false;
  const bytes = await (await signing).signStatement(signatureStatement(subject.digest));
  const options = { predicateType: SIGNATURE_PREDICATE, now };
  await attachBundle(repository, { subject, bytes }, options);
  return true;
}

async function hasOwnBundle(
  repository: Repository,
  digest: Digest,
  signing: Signing | Promise<Signing>,
): Promise<boolean> {
  const bundles = await listBundles(repository, digest);
  const { own } = await signing;
  if (!own) return false;
  for (const { predicateType, read } of bundles) {
    if (predicateType != null && predicateType !== SIGNATURE_PREDICATE) continue;
    const bundle = await read();
    const judged = bundle && own.judgeBundle(bundle);
    if (!judged?.verified || judged.content.predicateType !== SIGNATURE_PREDICATE) continue;
    if (speaksOf(judged.content, digest)) return true;
  }
  return false;
}
