import type { Stream } from '../../config/schema.ts';
import type { Registry } from '../../oci/repository.ts';
import { secretAt } from '../context/secret.ts';
import type { HostSignatures } from './signing.ts';

export interface SignatureOptions {
  registry: Registry;
  env: NodeJS.ProcessEnv;
  /** Folder of the configuration. */
  project: string;
  now: () => Date;
}

/**
 * What signs for a stream, undefined for one without `trust`. Opens the key; throws `config` or
 * `usage` when that cannot be done. What signs is loaded only then.
 */
export async function hostSignatures(
  stream: Stream,
  options: SignatureOptions,
): Promise<HostSignatures | undefined> {
  const { trust } = stream;
  if (!trust) return undefined;
  const keyFile = await secretAt(trust.key, options);
  const password = await passwordOf(trust.password ?? 'env:COSIGN_PASSWORD', options);
  const { openSigner } = await import('../../trust/key/signer.ts');
  const { signaturesBy } = await import('./signing.ts');
  return signaturesBy(await openSigner(keyFile, password), stream, options);
}

/** An empty password is one too. */
async function passwordOf(place: string, options: SignatureOptions): Promise<string> {
  const name = /^env:(.+)$/.exec(place)?.[1];
  const value = name == null ? undefined : options.env[name];
  return value === '' ? '' : secretAt(place, options);
}
