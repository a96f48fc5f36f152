import fc from 'fast-check';
import type { ArtifactLayer } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { writePem } from '../key/pem.ts';
import type { Signer } from '../key/signer.ts';
import { chooseRequirements } from '../policy/choose.ts';
import { parseImageName } from '../policy/image-name.ts';
import { judge } from '../policy/judge.ts';
import { readMaterials } from '../policy/material.ts';
import { parsePolicy } from '../policy/parse.ts';
import { registrySubject } from '../policy/subject.ts';
import { claimBytes } from '../signature/claim.ts';
import { CERTIFICATE_ANNOTATION, layerOf, readSignature } from '../signature/layer.ts';
import type { Issued } from './authority.ts';
import { changed, mildChanges, mutated, mutations } from './mutation.ts';

/** One policy with one signature, of which a part may be damaged. */
export interface MutatedCase {
  /** What was damaged. */
  of: string;
  policy: string;
  layer: ArtifactLayer;
}

/** What is whole: an image, its signer, and a certificate with the one who vouches for it. */
export interface Whole {
  image: Pick<Descriptor, 'digest'>;
  /** `HOST/NAME:TAG`. */
  reference: string;
  signer: Signer;
  root: Issued;
  leaf: Issued;
  email: string;
}

const PLACES = [
  'policy',
  'pki policy',
  'payload',
  'signed payload',
  'signature',
  'certificate',
  'der',
] as const;

type Place = (typeof PLACES)[number];

/** Cases of which one part is damaged; a damaged payload may be signed nevertheless. */
export function mutatedCases(whole: Whole): fc.Arbitrary<MutatedCase> {
  const harms = fc.oneof(
    mutations.map((damages) => (bytes: Uint8Array) => mutated(bytes, damages)),
    mildChanges.map((change) => (bytes: Uint8Array) => {
      return Buffer.from(changed(Buffer.from(bytes).toString('latin1'), change), 'latin1');
    }),
  );
  return fc
    .tuple(fc.constantFrom(...PLACES), harms)
    .map(([place, harm]) => ({ of: place, ...damagedCase(whole, place, harm) }));
}

function damagedCase(
  whole: Whole,
  place: Place,
  damage: (bytes: Uint8Array) => Buffer,
): Omit<MutatedCase, 'of'> {
  const { signer, leaf, image, reference } = whole;
  const harm = (text: string | Uint8Array) => damage(Buffer.from(text));
  const payload = claimBytes({ digest: image.digest, identity: nameIn(reference) });
  const byKey = keyPolicy(whole);
  const certified = (pem: string) =>
    layerOf(payload, leaf.signer.sign(payload), { [CERTIFICATE_ANNOTATION]: pem });
  const signature = signer.sign(payload);
  const cases: Record<Place, () => Omit<MutatedCase, 'of'>> = {
    policy: () => ({ policy: harm(byKey).toString(), layer: layerOf(payload, signature) }),
    'pki policy': () => ({
      policy: harm(pkiPolicy(whole)).toString(),
      layer: certified(leaf.pem),
    }),
    payload: () => ({ policy: byKey, layer: layerOf(harm(payload), signature) }),
    'signed payload': () => ({
      policy: byKey,
      layer: layerOf(harm(payload), signer.sign(harm(payload))),
    }),
    signature: () => ({ policy: byKey, layer: layerOf(payload, harm(signature)) }),
    certificate: () => ({
      policy: pkiPolicy(whole),
      layer: certified(harm(leaf.pem).toString()),
    }),
    der: () => ({
      policy: pkiPolicy(whole),
      layer: certified(writePem('CERTIFICATE', harm(derOf(leaf)))),
    }),
  };
  return cases[place]();
}

function nameIn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf(':'));
}

function derOf({ pem }: Issued): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

function policyWith({ reference }: Whole, by: object): string {
  const signedIdentity = { type: 'matchRepository' };
  const requirement = { type: 'sigstoreSigned', ...by, signedIdentity };
  const docker = { [nameIn(reference)]: [requirement] };
  return JSON.stringify({ default: [{ type: 'reject' }], transports: { docker } }, null, 1);
}

function keyPolicy(whole: Whole): string {
  const keyData = Buffer.from(whole.signer.publicKey.pem).toString('base64');
  return policyWith(whole, { keyData });
}

function pkiPolicy(whole: Whole): string {
  const caRootsData = Buffer.from(whole.root.pem).toString('base64');
  return policyWith(whole, { pki: { caRootsData, subjectEmail: whole.email } });
}

/** No file of the host is named by these policies, as damaged as they are. */
const NO_FILES = {
  name: 'nothing',
  async *list() {},
  read: (path: string) =>
    Promise.reject(new LockstepError('not-found', `there is no ${path}`, { context: { path } })),
  async *readMany() {},
};

/** What we say: anything thrown but the refusal of a policy is a fault of ours. */
export async function judged(
  { policy: text, layer }: MutatedCase,
  { digest, reference }: { digest: Digest; reference: string },
): Promise<'accepted' | 'refused' | 'config'> {
  const name = parseImageName(reference);
  if (!name) throw new Error(`${reference} is no name`);
  const subject = registrySubject(name, 'docker');
  const policy = policyOf(text);
  if (!policy) return 'config';
  const { requirements } = chooseRequirements(policy, subject);
  const materials = await readMaterials(requirements, NO_FILES);
  const signatures = { list: [readSignature(layer)] };
  const { accepted } = judge(policy, { subject, digest, signatures, materials, now: new Date() });
  return accepted ? 'accepted' : 'refused';
}

function policyOf(text: string) {
  try {
    return parsePolicy(Buffer.from(text), 'policy.json');
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'config') return undefined;
    throw error;
  }
}
