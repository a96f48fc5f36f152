import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Stream } from '../../config/schema.ts';
import { LockstepError } from '../../system/error.ts';
import { readPassword, readSecret } from '../../system/secret.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import type { PublicKey } from '../../trust/key/public-key.ts';
import type { Signer } from '../../trust/key/signer.ts';
import { keylessOf, type OpenKeyless } from './keyless.ts';

/** Whose verdicts, and whose records of promotions, count; undefined: everybody's. */
export interface Counting {
  /** By which what is promoted is known again, as far as they are known. */
  keys?: readonly PublicKey[] | undefined;
  verdicts?: Seals | undefined;
  records?: Seals | undefined;
}

/** What a stream with `trust` signs by, and whose signatures count for it. */
export interface Trust extends Required<Counting> {
  signer: Signer;
  /** Signs as the job too. */
  keyless?: OpenKeyless | undefined;
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
export async function openTrust(stream: Stream, place: Place): Promise<Trust | undefined> {
  const { trust } = stream;
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
  const keyless = keylessOf(stream, place);
  return {
    signer,
    keyless,
    keys,
    verdicts: sealsBy(judges, signer),
    records: sealsBy(keys, signer),
  };
}

/** Whose signatures count, as far as `public` and `verdicts` tell it: for who looks, without a key. */
export async function lookTrust({ trust }: Stream, place: Place): Promise<Counting> {
  const keys = await publicKeys(trust?.public, place);
  const judges = (await publicKeys(trust?.verdicts, place)) ?? keys;
  if (!judges) return {};
  const { sealsBy } = await import('../../trust/dsse/seals.ts');
  return { keys, verdicts: sealsBy(judges), records: keys && sealsBy(keys) };
}

/** The same, with the public half of the key where that is at hand and `public` names none. */
export async function knownTrust(stream: Stream, place: Place): Promise<Counting> {
  const looked = await lookTrust(stream, place);
  const { key } = stream.trust ?? {};
  if (looked.keys || key == null) return looked;
  const variable = /^env:(.+)$/.exec(key)?.[1];
  const atHand = variable ? place.env[variable] : existsSync(join(place.project, key));
  return atHand ? ((await openTrust(stream, place)) ?? looked) : looked;
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
