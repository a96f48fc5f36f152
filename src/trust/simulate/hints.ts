import type { Policy } from '../policy/policy.ts';

/** What was found out about an image that a host would refuse, or accept. */
export interface Circumstances {
  policy: Policy;
  /** The name that it is pulled by. */
  name?: string;
  /** True when signatures lie beside it that this host is not told to look at. */
  attachmentsOff: boolean;
  /** Numbers of what hosts do not see. */
  bundles: number;
  simple: number;
  /** True when the index that lists it has signatures for hosts, and it has none. */
  onlyIndex: boolean;
  /** A server that the host asks for signatures too. */
  lookaside?: string;
  /** Names that its signatures are for, where none was for the right one. */
  identities: readonly string[];
}

/** What to do about a refusal, each cause by itself, and what may refuse yet. */
export function hintsOf(found: Circumstances): string[] {
  const { name = 'this image' } = found;
  const hints: string[] = [];
  if (found.attachmentsOff && found.simple > 0)
    hints.push(
      `it has signatures that this host does not look at: set use-sigstore-attachments for ${name} in registries.d`,
    );
  if (found.bundles > 0 && found.simple === 0)
    hints.push(
      'it is signed in bundles alone, which hosts do not read: sign it with lockstep trust sign, or cosign 2',
    );
  if (found.onlyIndex)
    hints.push(
      'only the index is signed, but hosts judge the image of their platform: sign each, as lockstep trust sign does, or cosign sign --recursive',
    );
  if (found.identities.length > 0)
    hints.push(
      `it is signed for ${found.identities.join(', ')}: sign it for ${name} too (lockstep trust sign --as, --for-tag), or let signedIdentity of the policy take that name`,
    );
  if (found.lookaside != null)
    hints.push(
      `the host asks ${found.lookaside} for signatures too, and refuses when it cannot be reached: it was not asked here`,
    );
  if (acceptsByDefault(found.policy))
    hints.push(
      'the default of the policy accepts anything: bootc and rpm-ostree, when they enforce signatures, refuse such a policy whatever its scopes say',
    );
  return hints;
}

function acceptsByDefault(policy: Policy): boolean {
  return policy.default.some(({ type }) => type === 'insecureAcceptAnything');
}
