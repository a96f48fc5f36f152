import { readPassword, readSecret } from '../../../system/secret.ts';
import { type PublicKey, readPublicKey } from '../../../trust/key/public-key.ts';
import type { Context } from '../../context/context.ts';

/** Where keys, passwords and tokens of options are looked for. */
type Source = Pick<Context, 'env' | 'cwd'>;

/** Reads a private key or a token that an option names. Throws `config`. */
export async function readNamed(
  place: string,
  what: string,
  { env, cwd }: Source,
): Promise<string> {
  return (await readSecret(place, { env, folder: cwd, what })).toString();
}

/** Reads the password of a key; an empty one is a password too. Throws `config`. */
export function readKeyPassword(place: string, { env, cwd }: Source): Promise<string> {
  return readPassword(place, { env, folder: cwd, what: 'password of the key', mayBeEmpty: true });
}

/** Reads the keys that options name. Throws `config` or `usage`. */
export function readPublicKeys(places: readonly string[], source: Source): Promise<PublicKey[]> {
  return Promise.all(
    places.map(async (place) => readPublicKey(await readNamed(place, 'key', source), place)),
  );
}
