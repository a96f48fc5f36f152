import type { Digest } from '../../system/digest.ts';
import { descriptorOf, type Resource } from './resource.ts';

/** What a summary of what was verified is of (SLSA v1). */
export const SUMMARY_PREDICATE = 'https://slsa.dev/verification_summary/v1';

/** What an image has passed. */
export interface Passed {
  /** How the image is named. */
  resource: string;
  /** Digest of the configuration that says which gates there are. */
  config: Digest;
  gates: readonly string[];
  verdicts: readonly Resource[];
  /** Of the last verdict: ISO 8601. */
  time: string;
}

/** The summary of the gates that an image has passed (slsa.dev/spec/v1.0/verification_summary). */
export function summaryOf({ resource, config, gates, verdicts, time }: Passed) {
  return {
    verifier: { id: 'https://lockstep.dev/gates/v1' },
    timeVerified: time,
    resourceUri: resource,
    policy: descriptorOf({ uri: 'https://lockstep.dev/config/v1', digest: config }),
    inputAttestations: verdicts.map(descriptorOf),
    verificationResult: 'PASSED',
    // SLSA's own words are of builds; others must have a prefix of their own.
    verifiedLevels: gates.map((gate) => `LOCKSTEP_GATE_${gate.toUpperCase()}`),
    slsaVersion: '1.0',
  };
}
