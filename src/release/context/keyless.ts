import type { Stream } from '../../config/schema.ts';
import { LockstepError } from '../../system/error.ts';
import { readSecret } from '../../system/secret.ts';
import type { KeylessSigning } from '../../trust/keyless/signing.ts';
import { type Place, readRoot } from './signers.ts';

/** Where a key is certified, and when. */
export interface KeylessPlace extends Place {
  now: () => Date;
}

/**
 * Has a key certified for the job that runs this, or gives the one that is certified for a while
 * yet. Called where something is about to be signed: what certifies is good for minutes. Throws
 * `usage`, `config`, `network` and `not-allowed`.
 */
export type OpenKeyless = () => Promise<KeylessSigning>;

type Keyless = Exclude<NonNullable<NonNullable<Stream['trust']>['keyless']>, true>;

/** Milliseconds that a certificate must last for what is signed next. */
const SPARE = 120_000;

/** What signs keyless for a stream; undefined for one that does not. It loads nothing until called. */
export function keylessOf({ trust }: Stream, place: KeylessPlace): OpenKeyless | undefined {
  if (!trust?.keyless) return undefined;
  const keyless = trust.keyless === true ? {} : trust.keyless;
  let open: KeylessSigning | undefined;
  return async () => {
    const lasts = open && open.until.getTime() - place.now().getTime() > SPARE;
    open = open && lasts ? open : await certify(keyless, place);
    return open;
  };
}

async function certify(keyless: Keyless, place: KeylessPlace): Promise<KeylessSigning> {
  const { token: named, issuer, identity, root, ...given } = keyless;
  const { keylessSigning } = await import('../../trust/keyless/signing.ts');
  const { PUBLIC_SERVICES } = await import('../../trust/keyless/services.ts');
  const { requireIssuer, tokenOfJob } = await import('../../trust/keyless/token.ts');
  const { fetch } = globalThis;
  const token = named == null ? await tokenOfJob(place.env, fetch) : await readToken(named, place);
  if (issuer != null) requireIssuer(token, issuer);
  const rootJson = root == null ? undefined : await readRoot(root, place);
  const { fulcio, rekor, tsa } = { ...PUBLIC_SERVICES, ...given };
  const services = { fulcio, rekor, ...(tsa != null && { tsa }) };
  const options = { token, services, fetch, ...(rootJson != null && { rootJson }) };
  const signing = await keylessSigning(options);
  if (identity != null) requireOneOf([identity].flat(), signing.identity.identity);
  return signing;
}

async function readToken(named: string, { env, project }: Place): Promise<string> {
  return (await readSecret(named, { env, folder: project, what: 'identity token' }))
    .toString()
    .trim();
}

function requireOneOf(wanted: readonly string[], found: string): void {
  if (wanted.includes(found)) return;
  throw new LockstepError('usage', `the certificate names ${found}, not ${wanted.join(' or ')}`, {
    hint: 'sign in the job that trust.keyless.identity names, or add this one to it',
  });
}
