import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Stream } from '../../config/schema.ts';
import { LockstepError } from '../../system/error.ts';
import { readPassword, readSecret } from '../../system/secret.ts';
import type { Seal, Seals } from '../../trust/dsse/seals.ts';
import type { Signer } from '../../trust/key/signer.ts';
import type { Signers } from '../../trust/verify/signers.ts';
import { type KeylessPlace, keylessOf, type OpenKeyless } from './keyless.ts';
import { type Place, publicKeys, readRoot, signersNamed } from './signers.ts';

/** Whose verdicts, and whose records of promotions, count; undefined: everybody's. */
export interface Counting {
  /** By whom what is promoted is signed, as far as that is known. */
  signers?: Signers | undefined;
  verdicts?: Seals | undefined;
  records?: Seals | undefined;
}

/** What a stream with `trust` signs by, a key or its job or both, and whose signatures count for it. */
export interface Trust extends Required<Counting> {
  signers: Signers;
  signer?: Signer | undefined;
  keyless?: OpenKeyless | undefined;
}

type Configured = NonNullable<Stream['trust']>;

/**
 * Opens what a stream signs by: its key, and without one the job; undefined for one without
 * `trust`. Throws `config` or `usage` when that cannot be done. What signs is loaded only then.
 */
export async function openTrust(stream: Stream, place: KeylessPlace): Promise<Trust | undefined> {
  const { trust } = stream;
  if (!trust) return undefined;
  const keyless = keylessOf(stream, place);
  const signer = trust.key == null ? undefined : await openKey(trust.key, trust, place);
  const signers = signer
    ? await signersBeside(signer, trust, place)
    : await signersOfJob(keyless, trust, place);
  const judges = (await signersNamed(trust.verdicts, place)) ?? signers;
  const seal = await sealOf(signer, keyless);
  const verdicts = await sealsBySigners(judges, seal);
  return { signer, keyless, signers, verdicts, records: await sealsBySigners(signers, seal) };
}

async function openKey(key: string, { password }: Configured, place: Place): Promise<Signer> {
  const source = { env: place.env, folder: place.project };
  const keyFile = await readSecret(key, { ...source, what: 'key' });
  const opened = await readPassword(password ?? 'env:COSIGN_PASSWORD', {
    ...source,
    what: 'password of the key',
    mayBeEmpty: true,
  });
  const { openSigner } = await import('../../trust/key/signer.ts');
  return openSigner(keyFile.toString(), opened);
}

async function signersBeside(
  { publicKey }: Signer,
  trust: Configured,
  place: Place,
): Promise<Signers> {
  const keys = (await publicKeys(trust.public, place)) ?? [publicKey];
  if (!keys.some(({ fingerprint }) => fingerprint === publicKey.fingerprint)) throw isOther();
  return { keys, identities: await identitiesNamed(trust, place) };
}

/** The job itself, where nobody says whom its certificate has to name. */
async function signersOfJob(
  keyless: OpenKeyless | undefined,
  trust: Configured,
  place: Place,
): Promise<Signers> {
  const keys = (await publicKeys(trust.public, place)) ?? [];
  const job = await keyless?.();
  const named = await identitiesNamed(trust, place);
  if (named.length > 0 || !job) return { keys, identities: named };
  const rootJson = await rootOf(trust, place);
  return { keys, identities: [{ ...job.identity, rootJson }] };
}

async function identitiesNamed(trust: Configured, place: Place): Promise<Signers['identities']> {
  const { identity, issuer } = typeof trust.keyless === 'object' ? trust.keyless : {};
  if (identity == null || issuer == null) return [];
  const rootJson = await rootOf(trust, place);
  return [identity].flat().map((one) => ({ identity: one, issuer, rootJson }));
}

async function rootOf({ keyless }: Configured, place: Place): Promise<string> {
  const root = typeof keyless === 'object' ? keyless.root : undefined;
  return root == null ? '' : readRoot(root, place);
}

async function sealOf(
  signer: Signer | undefined,
  keyless: OpenKeyless | undefined,
): Promise<Seal | undefined> {
  const { sealBy } = await import('../../trust/dsse/seals.ts');
  if (signer) return sealBy(signer);
  return keyless && (async (type, content) => (await keyless()).seal(type, content));
}

/** What judges certificates is loaded only where there are identities. */
async function sealsBySigners({ keys, identities }: Signers, seal?: Seal): Promise<Seals> {
  const { anyOf, sealsBy } = await import('../../trust/dsse/seals.ts');
  if (identities.length === 0) return anyOf([sealsBy(keys)], seal);
  const { sealsOf } = await import('../../trust/keyless/seals.ts');
  return anyOf([sealsBy(keys), ...identities.map(sealsOf)], seal);
}

/** Whose signatures count, as far as the configuration tells it: for who looks and signs nothing. */
export async function lookTrust({ trust }: Stream, place: Place): Promise<Counting> {
  const signers = trust && (await signersToldBy(trust, place));
  const judges = (await signersNamed(trust?.verdicts, place)) ?? signers;
  if (!judges) return {};
  const records = signers && (await sealsBySigners(signers));
  return { signers, verdicts: await sealsBySigners(judges), records };
}

/** Who signs; undefined where only who opens the key, or is the job, can tell. */
async function signersToldBy(trust: Configured, place: Place): Promise<Signers | undefined> {
  const identities = await identitiesNamed(trust, place);
  const keys = await publicKeys(trust.public, place);
  const isTold = trust.key == null ? identities.length > 0 : keys != null;
  return isTold ? { keys: keys ?? [], identities } : undefined;
}

/** The same, with the public half of the key where that is at hand and `public` names none. */
export async function knownTrust(stream: Stream, place: KeylessPlace): Promise<Counting> {
  const looked = await lookTrust(stream, place);
  const { key } = stream.trust ?? {};
  if (looked.signers || key == null) return looked;
  const variable = /^env:(.+)$/.exec(key)?.[1];
  const atHand = variable ? place.env[variable] : existsSync(join(place.project, key));
  return atHand ? ((await openTrust(stream, place)) ?? looked) : looked;
}

function isOther(): LockstepError {
  return new LockstepError('config', 'trust.public does not hold the public half of trust.key', {
    hint: 'nobody would believe what is signed: add it, or sign with another key',
  });
}
