import { type Signing, signingWith } from '../../../trust/bundle/signing.ts';
import { openSigner } from '../../../trust/key/signer.ts';
import type { Context } from '../../context/context.ts';
import { readPassword, readSource } from './secret.ts';

/** Opens the key that was named; throws `usage` before anything else is done. */
export async function openSigning(
  { key, password }: { key: string; password: string },
  context: Context,
): Promise<Signing> {
  const file = await readSource(key, context);
  return signingWith(openSigner(file, await readPassword(password, context)));
}
