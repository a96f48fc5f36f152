import type { Stream } from '../../config/schema.ts';
import type { Registry } from '../../oci/repository.ts';
import type { Trust } from '../context/trust.ts';
import type { HostSignatures } from './signing.ts';

export interface SignatureOptions {
  registry: Registry;
  /** What the stream signs by; undefined without `trust`. */
  trust: Trust | undefined;
  now: () => Date;
}

/** What signs for a stream, undefined for one without `trust`. What signs is loaded only then. */
export async function hostSignatures(
  stream: Stream,
  { trust, ...options }: SignatureOptions,
): Promise<HostSignatures | undefined> {
  if (!trust) return undefined;
  const { signaturesBy } = await import('./signing.ts');
  return signaturesBy(trust, stream, options);
}
