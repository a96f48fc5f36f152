import type { Digest } from '../../system/digest.ts';
import type { SimpleSignature } from '../signature/layer.ts';
import { chooseRequirements } from './choose.ts';
import { judgeSignature } from './judge-signature.ts';
import type { Material } from './material.ts';
import {
  type Policy,
  type Requirement,
  type SigstoreSigned,
  verifiesSignatures,
} from './policy.ts';
import type { Subject } from './subject.ts';

/** What is judged. */
export interface Case {
  subject: Subject;
  /** The manifest that would be pulled: of an index the one for the platform. */
  digest: Digest;
  signatures: Signatures;
  materials: ReadonlyMap<Requirement, Material>;
  now: Date;
}

/** The signatures that a host sees, or why it sees none. */
export type Signatures =
  | { list: readonly (SimpleSignature | undefined)[] }
  | { list?: undefined; why: string };

/** What came of one requirement. */
export interface RequirementResult {
  type: Requirement['type'];
  accepted: boolean;
  reason: string;
  /** Names that signatures of the right signer are for, when none of them was accepted. */
  identities?: readonly string[];
}

/** What a host would say. */
export interface Judgement {
  accepted: boolean;
  reason: string;
  scope: string;
  requirements: readonly RequirementResult[];
}

/** Judges an image by a policy; every requirement of its scope has to be met. */
export function judge(
  policy: Policy,
  one: Case,
  options: { requireSigned?: boolean } = {},
): Judgement {
  const { scope, requirements } = chooseRequirements(policy, one.subject);
  const results = requirements.map((requirement) => judgeRequirement(requirement, one));
  const refusal = results.find(({ accepted }) => !accepted);
  if (refusal) return { accepted: false, reason: refusal.reason, scope, requirements: results };
  const verified = results.filter(verifiesSignatures);
  if (options.requireSigned && verified.length === 0) {
    const reason = 'nothing of what has to be met verifies a signature';
    return { accepted: false, reason, scope, requirements: results };
  }
  const reason = [...verified, ...results][0]?.reason ?? '';
  return { accepted: true, reason, scope, requirements: results };
}

/** Judgements that no signature changes. */
const FIXED = {
  insecureAcceptAnything: { accepted: true, reason: 'everything is accepted' },
  reject: { accepted: false, reason: 'everything is rejected' },
  signedBy: { accepted: false, reason: 'not looked at: lockstep reads no OpenPGP signatures' },
  signedBaseLayer: { accepted: false, reason: 'not looked at: hosts meet it never either' },
} as const;

function judgeRequirement(requirement: Requirement, one: Case): RequirementResult {
  if (requirement.type === 'sigstoreSigned') return judgeSigned(requirement, one);
  return { type: requirement.type, ...FIXED[requirement.type] };
}

function judgeSigned(requirement: SigstoreSigned, one: Case): RequirementResult {
  const { type } = requirement;
  const no = (reason: string, identities: readonly string[] = []): RequirementResult => ({
    type,
    accepted: false,
    reason,
    ...(identities.length > 0 ? { identities } : {}),
  });
  const { signatures, materials } = one;
  if (!signatures.list) return no(signatures.why);
  const material = materials.get(requirement);
  if (signatures.list.length === 0) return no('it has no signature that hosts look at');
  if (!material || material.kind === 'unusable') return no(material?.why ?? 'no keys were read');
  const reasons: string[] = [];
  const identities: string[] = [];
  for (const signature of signatures.list) {
    const judged = signature
      ? judgeSignature(signature, { ...one, requirement, material })
      : ({ accepted: false, why: 'it cannot be read' } as const);
    if (judged.accepted) {
      return { type, accepted: true, reason: `signed by ${judged.signer} for ${judged.identity}` };
    }
    reasons.push(judged.why);
    if ('identity' in judged && judged.identity != null) identities.push(judged.identity);
  }
  return no(summaryOf(reasons), identities);
}

function summaryOf(reasons: readonly string[]): string {
  const [only] = reasons;
  if (reasons.length === 1) return `its signature does not count: ${only}`;
  return `none of its ${reasons.length} signatures counts: ${[...new Set(reasons)].join('; ')}`;
}
