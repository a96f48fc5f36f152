import type { TrustedSigners } from '../../config/trust-schema.ts';
import { readSecret } from '../../system/secret.ts';
import type { PublicKey } from '../../trust/key/public-key.ts';
import type { Signers } from '../../trust/verify/signers.ts';

/** Where what a configuration names is read. */
export interface Place {
  env: NodeJS.ProcessEnv;
  /** Folder of the configuration. */
  project: string;
}

/**
 * Reads whose signatures count: public keys by their places, and identities with their root of
 * trust. Throws `config` or `usage`.
 */
export async function signersNamed(
  named: TrustedSigners | undefined,
  place: Place,
): Promise<Signers | undefined> {
  if (named == null) return undefined;
  const all = [named].flat();
  const places = all.filter((one) => typeof one === 'string');
  const identities = all.filter((one) => typeof one === 'object');
  return {
    keys: (await publicKeys(places, place)) ?? [],
    identities: await Promise.all(
      identities.map(async ({ identity, issuer, root }) => {
        return { identity, issuer, rootJson: await readRoot(root, place) };
      }),
    ),
  };
}

/** Reads the public keys that a configuration names; throws `config` or `usage`. */
export async function publicKeys(
  named: string | readonly string[] | undefined,
  { env, project }: Place,
): Promise<PublicKey[] | undefined> {
  if (named == null) return undefined;
  const { readPublicKey } = await import('../../trust/key/public-key.ts');
  const source = { env, folder: project, what: 'public key' };
  return Promise.all(
    [named].flat().map(async (name) => {
      return readPublicKey((await readSecret(name, source)).toString(), name);
    }),
  );
}

/** Reads a `trusted_root.json`, which is judged only when it is used. */
export async function readRoot(root: string, { env, project }: Place): Promise<string> {
  return (await readSecret(root, { env, folder: project, what: 'root of trust' })).toString();
}
