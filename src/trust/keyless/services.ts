/** Where certificates, log entries and timestamps come from. */
export interface Services {
  fulcio: string;
  /** A transparency log with the first API of Rekor: hosts read only its entries. */
  rekor: string;
  /** An authority for timestamps (RFC 3161); none: the log tells the time. */
  tsa?: string;
}

/** The services that everybody may use. */
export const PUBLIC_SERVICES: Services = {
  fulcio: 'https://fulcio.sigstore.dev',
  rekor: 'https://rekor.sigstore.dev',
};

/** A place of the network: the requests of `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** Milliseconds that a service has for an answer. */
export const ANSWER_TIME = 30_000;
