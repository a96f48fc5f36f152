import { LockstepError } from '../../../system/error.ts';
import type { Signing } from '../../../trust/bundle/signing.ts';
import { openSigner } from '../../../trust/key/signer.ts';
import type { Context } from '../../context/context.ts';
import type { SignerOptions } from '../../options/trust.ts';
import { readKeyPassword, readNamed } from './keys.ts';

/** Begins to open what was named to sign with; throws `usage` where nothing was. */
export function openSignings(options: SignerOptions, context: Context): Promise<Signing>[] {
  const { key, password, keyless } = options;
  if (key == null && !keyless) {
    throw new LockstepError('usage', 'nothing to sign with was named', {
      hint: 'name a key, --key env:NAME, or sign as this job, --keyless',
    });
  }
  const byKey = key == null ? [] : [openKey(key, password, context)];
  const byJob = keyless ? [openJob(options, context, byKey)] : [];
  const all = [...byKey, ...byJob];
  for (const one of all) one.catch(() => {});
  return all;
}

/** A key takes its time on purpose, in which the rest is loaded. */
async function openKey(key: string, password: string, context: Context): Promise<Signing> {
  const file = await readNamed(key, 'key', context);
  const opening = openSigner(file, await readKeyPassword(password, context));
  const [signer, { signingWith }] = await Promise.all([
    opening,
    import('../../../trust/bundle/signing.ts'),
  ]);
  return signingWith(signer);
}

/** Nothing is certified for a job whose key cannot be used. */
async function openJob(
  options: SignerOptions,
  context: Context,
  before: readonly Promise<Signing>[],
): Promise<Signing> {
  await Promise.all(before);
  // What keyless signing needs takes long to load.
  return (await import('./keyless.ts')).openKeyless(options, context);
}
