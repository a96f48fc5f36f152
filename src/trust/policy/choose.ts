import type { Policy, Requirement } from './policy.ts';
import type { Subject } from './subject.ts';

export interface Chosen {
  /** `docker:ghcr.io/owner`, `docker:` for the default of a transport, or `default`. */
  scope: string;
  requirements: readonly Requirement[];
}

/** The requirements for an image: those of the most exact scope and of no other. */
export function chooseRequirements(policy: Policy, { transport, scopes }: Subject): Chosen {
  const known = policy.transports.get(transport);
  for (const scope of known ? [...scopes, ''] : []) {
    const requirements = known?.get(scope);
    if (requirements) return { scope: `${transport}:${scope}`, requirements };
  }
  return { scope: 'default', requirements: policy.default };
}
