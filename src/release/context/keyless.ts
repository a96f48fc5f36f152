import type { Stream } from '../../config/schema.ts';
import { readSecret } from '../../system/secret.ts';
import type { Signing } from '../../trust/bundle/signing.ts';

interface Place {
  env: NodeJS.ProcessEnv;
  /** Folder of the configuration. */
  project: string;
}

/**
 * Has a key certified for the job that runs this. Called where something is about to be signed: what
 * certifies is good for minutes. Throws `usage`, `config`, `network` and `not-allowed`.
 */
export type OpenKeyless = () => Promise<Signing>;

/** What signs keyless for a stream; undefined for one that does not. It loads nothing until called. */
export function keylessOf({ trust }: Stream, place: Place): OpenKeyless | undefined {
  if (!trust?.keyless) return undefined;
  const { token: named, issuer, root, ...given } = trust.keyless === true ? {} : trust.keyless;
  return async () => {
    const { keylessSigning } = await import('../../trust/keyless/signing.ts');
    const { PUBLIC_SERVICES } = await import('../../trust/keyless/services.ts');
    const { requireIssuer, tokenOfJob } = await import('../../trust/keyless/token.ts');
    const { fetch } = globalThis;
    const text = (at: string, what: string) =>
      readSecret(at, { env: place.env, folder: place.project, what }).then(String);
    const token =
      named == null
        ? await tokenOfJob(place.env, fetch)
        : (await text(named, 'identity token')).trim();
    if (issuer != null) requireIssuer(token, issuer);
    const rootJson = root == null ? undefined : await text(root, 'root of trust');
    const { fulcio, rekor, tsa } = { ...PUBLIC_SERVICES, ...given };
    const services = { fulcio, rekor, ...(tsa != null && { tsa }) };
    return keylessSigning({ token, services, fetch, ...(rootJson != null && { rootJson }) });
  };
}
