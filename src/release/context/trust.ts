import type { Stream } from '../../config/schema.ts';
import { LockstepError } from '../../system/error.ts';
import { readPassword, readSecret } from '../../system/secret.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import type { PublicKey } from '../../trust/key/public-key.ts';
import type { Signer } from '../../trust/key/signer.ts';

/** What a stream with `trust` signs by, and whose signatures count for it. */
export interface Trust {
  signer: Signer;
  /** By which what is promoted is known again. */
  keys: readonly PublicKey[];
  verdicts: Seals;
  /** Of promotions. */
  records: Seals;
}

interface Place {
  env: NodeJS.ProcessEnv;
  /** Folder of the configuration. */
  project: string;
}

/**
 * Opens the key of a stream; undefined for one without `trust`. Throws `config` or `usage` when
 * that cannot be done. What signs is loaded only then.
 */
export async function openTrust({ trust }: Stream, place: Place): Promise<Trust | undefined> {
  if (!trust) return undefined;
  const source = { env: place.env, folder: place.project };
  const keyFile = await readSecret(trust.key, { ...source, what: 'key' });
  const password = await readPassword(trust.password ?? 'env:COSIGN_PASSWORD', {
    ...source,
    what: 'password of the key',
    mayBeEmpty: true,
  });
  const { openSigner } = await import('../../trust/key/signer.ts');
  const { sealsBy } = await import('../../trust/dsse/seals.ts');
  const signer = await openSigner(keyFile.toString(), password);
  const keys = (await publicKeys(trust.public, place)) ?? [signer.publicKey];
  if (!keys.some(({ fingerprint }) => fingerprint === signer.publicKey.fingerprint))
    throw isOther();
  const judges = (await publicKeys(trust.verdicts, place)) ?? keys;
  return { signer, keys, verdicts: sealsBy(judges, signer), records: sealsBy(keys, signer) };
}

/**
 * Whose verdicts count, as far as `verdicts` and `public` tell it: for those who look and have no
 * key. Undefined where neither tells it.
 */
export async function verdictSeals({ trust }: Stream, place: Place): Promise<Seals | undefined> {
  const judges = await publicKeys(trust?.verdicts ?? trust?.public, place);
  if (!judges) return undefined;
  const { sealsBy } = await import('../../trust/dsse/seals.ts');
  return sealsBy(judges);
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

function isOther(): LockstepError {
  return new LockstepError('config', 'trust.public does not hold the public half of trust.key', {
    hint: 'nobody would believe what is signed: add it, or sign with another key',
  });
}
