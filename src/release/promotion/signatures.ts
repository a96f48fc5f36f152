import type { Stream } from '../../config/schema.ts';
import type { Registry } from '../../oci/repository.ts';
import { readPassword, readSecret } from '../../system/secret.ts';
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
  const source = { env: options.env, folder: options.project };
  const keyFile = await readSecret(trust.key, { ...source, what: 'key' });
  const password = await readPassword(trust.password ?? 'env:COSIGN_PASSWORD', {
    ...source,
    what: 'password of the key',
    mayBeEmpty: true,
  });
  const { openSigner } = await import('../../trust/key/signer.ts');
  const { signaturesBy } = await import('./signing.ts');
  return signaturesBy(await openSigner(keyFile.toString(), password), stream, options);
}
