import { namesOf } from '../../config/published-names.ts';
import type { Stream } from '../../config/schema.ts';
import { overlayRepository } from '../../oci/overlay.ts';
import type { Registry, Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';
import {
  type Signing,
  signingWith,
  type Verifying,
  verifyingBy,
} from '../../trust/bundle/signing.ts';
import type { Identity } from '../../trust/keyless/identity.ts';
import { signImage } from '../../trust/sign/sign-image.ts';
import { verifyImage } from '../../trust/verify/verify-image.ts';
import type { Trust } from '../context/trust.ts';
import { GateFailure } from '../record/journal.ts';
import { attestPromoted } from './attesting.ts';
import { describedImages } from './described.ts';
import { type Hosts, hostRefusals } from './host-refusals.ts';
import type { Move } from './plan.ts';

/** What makes hosts accept what tags move to, and makes sure that they do. */
export interface HostSignatures {
  /**
   * Signs everything that a tag is about to move to; what is signed already is left. Throws
   * `GateFailure` before anything is written when hosts would refuse it nevertheless.
   */
  sign(moves: readonly Move[]): Promise<void>;
  /** Throws `GateFailure` unless all of it is signed, as it is read back, and hosts would accept it. */
  require(moves: readonly Move[]): Promise<void>;
}

/** Signs by what a stream signs by, and judges as its hosts do. */
export function signaturesBy(
  trust: Trust,
  stream: Stream,
  { registry, now }: { registry: Registry; now: () => Date },
): HostSignatures {
  const { signer, keyless } = trust;
  const images = describedImages(trust.verdicts);
  const hosts: Hosts = new Map();
  const refusals = async (moves: readonly Move[], signed: Registry) => {
    const own = moves.filter(({ repository }) => repository === stream.publish.image);
    const found: Finding[] = [];
    for (const move of own)
      found.push(...(await hostRefusals(stream, move, { registry, signed, images, hosts, now })));
    return found;
  };
  const sign = async (moves: readonly Move[], to: Registry, signings: readonly Signing[]) => {
    for (const target of targetsOf(moves)) {
      const identities = identitiesOf(stream, moves, target);
      const terms = { signings, identities, now: now() };
      await signImage(to.repository(target.repository), target.digest, terms);
    }
  };
  const attest = async (moves: readonly Move[], signings: readonly Signing[]) => {
    const terms = { signings, trust, images, now: now() };
    for (const { repository, digest } of targetsOf(moves)) {
      if (repository !== stream.publish.image) continue;
      await attestPromoted(registry.repository(repository), digest, terms);
    }
  };
  return {
    async sign(moves) {
      const tried = trial(registry);
      const byKey = signer ? [signingWith(signer)] : [];
      const asJob = async () => (keyless ? [await keyless()] : []);
      const known = signer
        ? byKey
        : (await asJob()).filter(({ identity }) => isMailAddress(identity));
      await sign(moves, tried, known);
      requireNone(await refusals(moves, tried));
      const signings = [...byKey, ...(await asJob())];
      await sign(moves, registry, signings);
      await attest(moves, signings);
    },
    async require(moves) {
      const verifying = signer ? verifyingBy([signer.publicKey]) : (await keyless?.())?.own;
      const missing = await unsigned(moves, { registry, verifying });
      requireNone([...missing, ...(await refusals(moves, registry))]);
    },
  };
}

/**
 * True for whom policies of hosts can name: nobody else is tried, so that nothing is entered in a
 * log of an image that hosts then refuse.
 */
function isMailAddress({ identity }: Identity): boolean {
  return /^[^@/]+@[^@/]+$/.test(identity);
}

/** A registry in which signatures can be tried before they are written. */
function trial(registry: Registry): Registry {
  const open = new Map<string, Repository>();
  return {
    repository(name) {
      const known = open.get(name) ?? overlayRepository(registry.repository(name));
      open.set(name, known);
      return known;
    },
  };
}

function requireNone(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new GateFailure('signature', findings);
}

async function unsigned(
  moves: readonly Move[],
  { registry, verifying }: { registry: Registry; verifying: Verifying | undefined },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { repository: name, digest } of targetsOf(moves)) {
    const repository = registry.repository(name);
    const judged = verifying && (await verifyImage(repository, digest, { verifying }));
    if (!judged?.verified) findings.push(notSigned(`${repository.name}@${digest}`));
  }
  return findings;
}

interface Target {
  repository: string;
  digest: Digest;
}

function targetsOf(moves: readonly Move[]): Target[] {
  const all = moves.map(({ repository, to }) => ({ repository, digest: to }));
  return [...new Map(all.map((one) => [`${one.repository}@${one.digest}`, one])).values()];
}

/** The names under which hosts pull, and with `tags` each with the tags that move to the image. */
function identitiesOf(stream: Stream, moves: readonly Move[], target: Target): string[] {
  const names = namesOf(stream, target.repository);
  if (!stream.trust?.tags) return names;
  const own = moves.filter(
    ({ repository, to }) => repository === target.repository && to === target.digest,
  );
  return [...names, ...names.flatMap((name) => own.map(({ tag }) => `${name}:${tag}`))];
}

function notSigned(image: string): Finding {
  return {
    rule: 'signature-missing',
    severity: 'error',
    message: `${image} has no signature by whom trust names, as it is read back`,
    hint: 'call again; if it stays so, the registry does not keep what is written to it',
  };
}
