/** Which requirements images have to meet (containers-policy.json(5)). */
export interface Policy {
  default: readonly Requirement[];
  /** By transport, then by scope; the scope `''` is the default of its transport. */
  transports: ReadonlyMap<string, ReadonlyMap<string, readonly Requirement[]>>;
}

export type Requirement =
  | { type: 'insecureAcceptAnything' }
  | { type: 'reject' }
  | { type: 'signedBy' }
  | { type: 'signedBaseLayer' }
  | SigstoreSigned;

/** One signature must be by one of the keys, or with a certificate, and for the right name. */
export interface SigstoreSigned {
  type: 'sigstoreSigned';
  by: KeySigner | FulcioSigner | PkiSigner;
  /** Keys of logs, of which one must have recorded the signature. */
  rekorKeys?: readonly Source[];
  signedIdentity: IdentityMatch;
}

/** Where a key or certificates stand: in a file of the host, or in the policy itself. */
export type Source = { path: string } | { data: Buffer };

export interface KeySigner {
  kind: 'key';
  keys: readonly Source[];
}

export interface FulcioSigner {
  kind: 'fulcio';
  ca: Source;
  oidcIssuer: string;
  subjectEmail: string;
}

export interface PkiSigner {
  kind: 'pki';
  roots: Source;
  intermediates?: Source;
  subjectEmail: string;
  subjectHostname: string;
}

/** Which name a signature must be for. */
export type IdentityMatch =
  | { type: 'matchExact' | 'matchRepoDigestOrExact' | 'matchRepository' }
  | { type: 'exactReference'; dockerReference: string }
  | { type: 'exactRepository'; dockerRepository: string }
  | { type: 'remapIdentity'; prefix: string; signedPrefix: string };

/** The types of requirements that look at signatures and can be met by one. */
export function verifiesSignatures({ type }: Pick<Requirement, 'type'>): boolean {
  return type === 'sigstoreSigned' || type === 'signedBy' || type === 'signedBaseLayer';
}
