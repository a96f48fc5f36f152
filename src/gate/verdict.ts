import type { Digest } from '../system/digest.ts';
import type { Finding } from '../system/finding.ts';

/** The checks that must pass before a promotion. */
export const gates = [
  'compat',
  'package',
  'contents',
  'abi',
  'boot',
  'flists',
  'signature',
] as const;

export type GateName = (typeof gates)[number];

/** What one gate says of one subject. `unknown`: the gate could not tell, which never promotes. */
export interface Verdict {
  gate: GateName;
  /** Digest of the manifest that was looked at. */
  subject: Digest;
  result: 'pass' | 'fail' | 'unknown';
  findings: Finding[];
}
