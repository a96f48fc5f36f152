import type { Platform } from '../../oci/descriptor.ts';
import { type ManifestDocument, readManifest } from '../../oci/manifest.ts';
import { platformText } from '../../oci/platform.ts';
import type { Reader } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Once } from '../../system/once.ts';
import { chooseRequirements } from '../policy/choose.ts';
import { formatImageName } from '../policy/image-name.ts';
import { type Judgement, judge, type RequirementResult, type Signatures } from '../policy/judge.ts';
import { type Material, readMaterials } from '../policy/material.ts';
import type { Requirement } from '../policy/policy.ts';
import { lookasideOf, looksAtAttachments } from '../policy/registries.ts';
import type { Subject } from '../policy/subject.ts';
import { hintsOf } from './hints.ts';
import type { Host } from './host.ts';
import { instanceOf } from './instance.ts';
import { readAsHost } from './signatures.ts';
import { elsewhere, type Unseen, unseenOf } from './unseen.ts';

/** What a host would say to pulling an image. */
export interface Simulation {
  /** What the tag names: an image or an index. */
  digest: Digest;
  /** The image that is pulled and judged; undefined when the index has none for the platform. */
  instance?: Digest;
  platform: string;
  accepted: boolean;
  reason: string;
  /** Which requirements counted: `docker:ghcr.io/owner`, `default`. */
  scope: string;
  requirements: readonly Pick<RequirementResult, 'type' | 'accepted' | 'reason'>[];
  /** Signatures that this host does not look at; searched for when it refuses. */
  unseen: readonly Unseen[];
  hints: readonly string[];
}

export interface SimulateTerms {
  host: Host;
  /** How the image is named when it is pulled. */
  subject: Subject;
  platform: Platform;
  now: Date;
  /** A requirement that verifies signatures must be among those met (default false). */
  requireSigned?: boolean;
  /** Keys of the host that were read already. */
  materials?: Materials;
  /** Signatures that were read already, where a look at several tags is one look. */
  signatures?: Once;
}

/** Keys that are read once for many images of one host. */
export type Materials = Map<readonly Requirement[], Promise<ReadonlyMap<Requirement, Material>>>;

/**
 * Tells whether a host would pull an image: of an index the one for the platform, judged by the
 * scope that names it best, with the signatures that such a host looks at. Nothing is pulled.
 * Throws `not-found` when the reference names nothing.
 */
export async function simulate(
  reader: Reader,
  version: string,
  terms: SimulateTerms,
): Promise<Simulation> {
  const { host, subject } = terms;
  const document = await readManifest(reader, version);
  const platform = platformText(terms.platform);
  const { digest } = document.descriptor;
  const { scope, requirements } = chooseRequirements(host.policy, subject);
  const instance = instanceOf(document, terms.platform);
  if (!instance) {
    const reason = `the index has no image for ${platform}`;
    return {
      digest,
      platform,
      accepted: false,
      reason,
      scope,
      requirements: [],
      unseen: [],
      hints: [],
    };
  }
  const wantsSignatures = requirements.some(({ type }) => type === 'sigstoreSigned');
  const [signatures, materials] = await Promise.all([
    wantsSignatures ? signaturesFor(reader, instance.digest, terms) : { list: [] },
    materialsOf(requirements, terms),
  ]);
  const one = { subject, digest: instance.digest, signatures, materials, now: terms.now };
  const judgement = judge(host.policy, one, terms);
  const found = { document, instance: instance.digest, signatures, judgement };
  const more = await explain(reader, found, terms);
  return { digest, instance: instance.digest, platform, ...shown(judgement), ...more };
}

async function signaturesFor(
  reader: Reader,
  digest: Digest,
  { host, subject, signatures }: SimulateTerms,
): Promise<Signatures> {
  const { transport } = subject;
  if (transport !== 'docker') return { why: `images of ${transport}: have no signatures` };
  if (looksAtAttachments(host.registries, subject)) {
    const key = `${reader.name}@${digest}`;
    const read = () => readAsHost(reader, digest);
    return signatures ? signatures.get(key, read) : read();
  }
  return { why: 'this host is not told to look at signatures beside the image' };
}

function materialsOf(
  requirements: readonly Requirement[],
  { host, materials }: SimulateTerms,
): Promise<ReadonlyMap<Requirement, Material>> {
  const known = materials?.get(requirements) ?? readMaterials(requirements, host.files);
  materials?.set(requirements, known);
  return known;
}

function shown({ requirements, ...judgement }: Judgement) {
  return {
    ...judgement,
    requirements: requirements.map(({ type, accepted, reason }) => ({ type, accepted, reason })),
  };
}

interface Found {
  document: ManifestDocument;
  instance: Digest;
  signatures: Signatures;
  judgement: Judgement;
}

/** What hosts do not see of an image that is refused, and what to do. */
async function explain(
  reader: Reader,
  { document, instance, signatures, judgement }: Found,
  { host, subject }: SimulateTerms,
): Promise<Pick<Simulation, 'unseen' | 'hints'>> {
  const name = subject.name && formatImageName(subject.name);
  const asked = judgement.requirements.filter(({ type }) => type === 'sigstoreSigned');
  const missed = asked.filter(({ accepted }) => !accepted);
  const refused = missed.length > 0;
  const attachmentsOff = !looksAtAttachments(host.registries, subject);
  const lookaside = asked.length > 0 ? lookasideOf(host.registries, subject) : undefined;
  const server = asked.length > 0 ? elsewhere(instance, { subject, host }) : [];
  const unseen = refused ? await unseenOf(reader, instance, { subject, host }) : server;
  const { digest } = document.descriptor;
  const isUnsigned = refused && signatures.list?.length === 0 && digest !== instance;
  const index = isUnsigned ? await readAsHost(reader, digest) : undefined;
  const hints = hintsOf({
    policy: host.policy,
    ...(name ? { name } : {}),
    attachmentsOff: attachmentsOff && subject.transport === 'docker',
    bundles: unseen.filter(({ form }) => form === 'bundle').length,
    simple:
      (signatures.list ?? []).length + unseen.filter(({ form }) => form === 'simplesigning').length,
    onlyIndex: (index?.list ?? []).length > 0,
    ...(lookaside == null ? {} : { lookaside }),
    identities: [...new Set(missed.flatMap(({ identities = [] }) => identities))],
  });
  return { unseen, hints };
}
