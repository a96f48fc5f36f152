import { LockstepError } from '../../../system/error.ts';
import { type Signing, signingWith } from '../../../trust/bundle/signing.ts';
import { openSigner } from '../../../trust/key/signer.ts';
import type { Context } from '../../context/context.ts';
import type { SignerOptions } from '../../options/trust.ts';
import { readKeyPassword, readNamed } from './keys.ts';

/** Opens what was named to sign with; throws `usage` before anything is written. */
export async function openSignings(options: SignerOptions, context: Context): Promise<Signing[]> {
  const { key, password, keyless } = options;
  if (key == null && !keyless) {
    throw new LockstepError('usage', 'nothing to sign with was named', {
      hint: 'name a key, --key env:NAME, or sign as this job, --keyless',
    });
  }
  const signings: Signing[] = [];
  if (key != null) {
    const file = await readNamed(key, 'key', context);
    signings.push(signingWith(await openSigner(file, await readKeyPassword(password, context))));
  }
  // What keyless signing needs takes long to load.
  if (keyless) signings.push(await (await import('./keyless.ts')).openKeyless(options, context));
  return signings;
}
