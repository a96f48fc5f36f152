import { resolve } from 'node:path';
import { LockstepError } from '../../../system/error.ts';
import { type Verifying, verifyingBy } from '../../../trust/bundle/signing.ts';
import type { Context } from '../../context/context.ts';
import { readPublicKeys } from './keys.ts';
import { readSmallFile } from './small-file.ts';

/** Whose signatures count: keys, or one keyless identity. */
export interface SignerChoice {
  key?: string[];
  identity?: string;
  issuer?: string;
  root?: string;
}

/** Reads what was named to verify with; throws `usage` for neither, both, or a part of it. */
export async function openVerifying(choice: SignerChoice, context: Context): Promise<Verifying> {
  const { key, identity, issuer, root } = choice;
  const named = [identity, issuer, root].filter((part) => part != null).length;
  if (key != null && named === 0) return verifyingBy(await readPublicKeys(key, context));
  if (key != null || identity == null || issuer == null || root == null) throw unclear();
  const rootJson = await readSmallFile(resolve(context.cwd, root), root);
  // What keyless signatures are judged by takes long to load.
  const { verifyingIdentity } = await import('../../../trust/keyless/verifying.ts');
  return verifyingIdentity({ identity, issuer }, rootJson);
}

function unclear(): LockstepError {
  return new LockstepError('usage', 'whose signatures count was not named', {
    hint: 'name keys, --key FILE, or all of --identity URI --issuer URL --root FILE',
  });
}
