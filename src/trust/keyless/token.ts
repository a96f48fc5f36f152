import { z } from 'zod';
import { LockstepError } from '../../system/error.ts';
import { askJson } from './ask.ts';
import type { Fetch } from './services.ts';

/** For whom Fulcio wants tokens to be. */
const AUDIENCE = 'sigstore';

/**
 * The identity token of a job of GitHub Actions, which is asked for it, or of GitLab CI, which puts
 * it into SIGSTORE_ID_TOKEN. Throws `usage` elsewhere, and where a job may have none.
 */
export async function tokenOfJob(env: NodeJS.ProcessEnv, fetch: Fetch): Promise<string> {
  if (env.SIGSTORE_ID_TOKEN) return env.SIGSTORE_ID_TOKEN;
  const { ACTIONS_ID_TOKEN_REQUEST_URL: place, ACTIONS_ID_TOKEN_REQUEST_TOKEN: right } = env;
  if (!place || !right) throw noToken(env);
  const url = new URL(place);
  url.searchParams.set('audience', AUDIENCE);
  const headers = { accept: 'application/json', authorization: `Bearer ${right}` };
  const { data } = z
    .object({ value: z.string() })
    .safeParse(await askJson(fetch, url, { headers }));
  if (data) return data.value;
  throw new LockstepError('network', 'GitHub answers the request for a token without one');
}

function noToken(env: NodeJS.ProcessEnv): LockstepError {
  const hint = env.GITHUB_ACTIONS
    ? 'give the job the permission: id-token: write'
    : env.GITLAB_CI
      ? 'give the job id_tokens: SIGSTORE_ID_TOKEN: { aud: sigstore }'
      : 'keyless signing works in jobs of GitHub Actions and GitLab CI, or with a token that is named';
  return new LockstepError('usage', 'there is no identity token to sign with', { hint });
}

/**
 * What an identity token is about, which Fulcio wants to be signed: an address that was verified, or
 * the subject. Throws `usage`, and shows nothing of the token.
 */
export function subjectOfToken(token: string): string {
  const claims = claimsOf(token);
  const subject = claims.email && claims.email_verified ? claims.email : claims.sub;
  if (subject) return subject;
  throw unreadable();
}

/** Throws `usage` unless the token says that it is of this issuer; Fulcio looks whether it is. */
export function requireIssuer(token: string, issuer: string): void {
  const { iss = 'nobody' } = claimsOf(token);
  if (iss === issuer) return;
  throw new LockstepError('usage', `the identity token is of ${iss}, not of ${issuer}`, {
    hint: 'sign in a job of that issuer, or name another: trust.keyless.issuer',
  });
}

function claimsOf(token: string): z.infer<typeof Claims> {
  const [, payload = ''] = token.split('.');
  try {
    return Claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  } catch {
    // Without the text that could not be read.
    throw unreadable();
  }
}

function unreadable(): LockstepError {
  return new LockstepError('usage', 'the identity token cannot be read', {
    hint: 'a JSON web token with a subject is expected',
  });
}

const Claims = z.object({
  iss: z.string().optional(),
  sub: z.string().optional(),
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.stringbool()]).optional(),
});
