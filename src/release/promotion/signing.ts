import { namesOf } from '../../config/published-names.ts';
import type { Stream } from '../../config/schema.ts';
import { overlayRepository } from '../../oci/overlay.ts';
import type { Registry, Repository } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Finding } from '../../system/finding.ts';
import { Once } from '../../system/once.ts';
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
import { attestPromoted, type Target } from '../statements/attest.ts';
import { describedImages } from '../statements/described.ts';
import { hostRefusals } from './host-refusals.ts';
import type { PromotionPlan } from './plan.ts';

/** What makes hosts accept what tags move to, and makes sure that they do. */
export interface HostSignatures {
  /**
   * Signs all that is promoted together, also what its tags point to already; what is signed is left.
   * Throws `GateFailure` before anything is written when hosts would refuse it nevertheless.
   */
  sign(plan: Signed): Promise<void>;
  /** Throws `GateFailure` unless all of it is signed, as it is read back, and hosts would accept it. */
  require(plan: Signed): Promise<void>;
}

/** What is signed of a plan: all that is promoted, and the moves that hosts will see. */
export type Signed = Pick<PromotionPlan, 'artifacts' | 'moves'>;

/** Images that are signed, or read back, at the same time. */
const TOGETHER = 4;

/** Signs by what a stream signs by, and judges as its hosts do. */
export function signaturesBy(
  trust: Trust,
  stream: Stream,
  { registry, now }: { registry: Registry; now: () => Date },
): HostSignatures {
  const { signer, keyless } = trust;
  const images = describedImages(trust.verdicts);
  const hosts = new Once();
  const refusals = async ({ moves }: Signed, signed: Registry) => {
    const own = moves.filter(({ repository }) => repository === stream.publish.image);
    const terms = { registry, signed, images, hosts, signatures: new Once(), now };
    const found = await Promise.all(own.map((move) => hostRefusals(stream, move, terms)));
    return found.flat();
  };
  const sign = async (plan: Signed, to: Registry, signings: readonly Signing[]) => {
    await mapConcurrently(targetsOf(plan), TOGETHER, (target) => {
      const identities = identitiesOf(stream, plan, target);
      const terms = { signings, identities, now: now() };
      return signImage(to.repository(target.repository), target.digest, terms);
    });
  };
  return {
    async sign(plan) {
      const tried = trial(registry);
      const byKey = signer ? [signingWith(signer)] : [];
      const asJob = async () => (keyless ? [await keyless()] : []);
      const known = signer
        ? byKey
        : (await asJob()).filter(({ identity }) => isMailAddress(identity));
      await sign(plan, tried, known);
      requireNone(await refusals(plan, tried));
      const signings = [...byKey, ...(await asJob())];
      const terms = { registry, signings, seals: trust.verdicts, images, now: now() };
      // Together, so that the lists of what is attached are written once.
      await Promise.all([
        sign(plan, registry, signings),
        attestPromoted(stream, targetsOf(plan), terms),
      ]);
    },
    async require(plan) {
      const verifying = signer ? verifyingBy([signer.publicKey]) : (await keyless?.())?.own;
      const missing = unsigned(plan, { registry, verifying });
      requireNone((await Promise.all([missing, refusals(plan, registry)])).flat());
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
  plan: Signed,
  { registry, verifying }: { registry: Registry; verifying: Verifying | undefined },
): Promise<Finding[]> {
  const found = await mapConcurrently(targetsOf(plan), TOGETHER, async (target) => {
    const { repository: name, digest } = target;
    const repository = registry.repository(name);
    const judged = verifying && (await verifyImage(repository, digest, { verifying }));
    return judged?.verified ? [] : [notSigned(`${repository.name}@${digest}`)];
  });
  return found.flat();
}

function targetsOf({ artifacts }: Signed): Target[] {
  const all = artifacts.map(({ repository, digest }) => ({ repository, digest }));
  return [...new Map(all.map((one) => [`${one.repository}@${one.digest}`, one])).values()];
}

/** The names under which hosts pull, and with `tags` each with the tags that move to the image. */
function identitiesOf(stream: Stream, { artifacts }: Signed, target: Target): string[] {
  const names = namesOf(stream, target.repository);
  if (!stream.trust?.tags) return names;
  const tags = artifacts
    .filter((one) => one.repository === target.repository && one.digest === target.digest)
    .flatMap(({ moving }) => moving);
  return [...names, ...names.flatMap((name) => tags.map((tag) => `${name}:${tag}`))];
}

function notSigned(image: string): Finding {
  return {
    rule: 'signature-missing',
    severity: 'error',
    message: `${image} has no signature by whom trust names, as it is read back`,
    hint: 'call again; if it stays so, the registry does not keep what is written to it',
  };
}
