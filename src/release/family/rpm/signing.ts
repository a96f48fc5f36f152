import { type SigningKey, signingKey } from '../../../kmods/rpm/signing-key.ts';
import { LockstepError } from '../../../system/error.ts';
import type { RunContext } from '../../context/run-context.ts';
import type { RpmInputs } from '../../inputs/inputs.ts';

/** The key that the configuration names, read and checked; undefined when modules are not signed. */
async function keyOf({ stream, env, project }: RunContext): Promise<SigningKey | undefined> {
  return stream.signing && signingKey({ env, folder: project }, stream.signing);
}

/** Pins who signs: a key that is no good is refused before anything is built. */
export async function followSigner(context: RunContext): Promise<RpmInputs['signing']> {
  const key = await keyOf(context);
  return key && { name: key.name, certificate: Buffer.from(key.certificate).toString('base64') };
}

/** The key of the pinned signer; throws `config` when another one is configured now. */
export async function pinnedKey(
  context: RunContext,
  { signing }: RpmInputs,
): Promise<SigningKey | undefined> {
  if (!signing) return undefined;
  const key = await keyOf(context);
  const same = key && Buffer.from(key.certificate).toString('base64') === signing.certificate;
  if (same) return key;
  throw new LockstepError(
    'config',
    `the key of ${signing.name} is not the one that is configured`,
    {
      hint: 'give the key that the inputs name, or resolve anew without --replay',
    },
  );
}
