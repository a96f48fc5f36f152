import * as z from 'zod/mini';
import { LockstepError } from '../../system/error.ts';
import { readAll } from '../content.ts';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { type HttpRequest, type HttpResponse, placeOf, type Transport } from './transport.ts';

/** Largest answer of a token server that is read. */
const TOKEN_LIMIT = 1 << 20;

export interface Token {
  value: string;
  /** Milliseconds since the epoch. */
  expires: number;
}

export interface TokenRequest {
  challenge: Challenge;
  scopes: readonly string[];
  credentials: Credentials | undefined;
  /** The registry that sent us; its credentials go only where it may send them. */
  registry: URL;
  now: Date;
  signal?: AbortSignal;
}

const answerShape = z.looseObject({
  token: z.optional(z.string()),
  access_token: z.optional(z.string()),
  expires_in: z.optional(z.number()),
});

/** Fetches a bearer token (distribution's token and OAuth2 specifications). */
export async function fetchToken(transport: Transport, wanted: TokenRequest): Promise<Token> {
  const realm = realmOf(wanted);
  const response = await transport({ ...requestOf(realm, wanted), signal: wanted.signal });
  if (response.status !== 200) throw await refusal(response, wanted);
  const text = (await readAll(response.body, TOKEN_LIMIT, 'a token')).toString('utf8');
  const answer = answerShape.safeParse(parseJson(text)).data;
  const value = answer?.token || answer?.access_token;
  if (!value) throw new LockstepError('registry', `${realm.host} sent no token`);
  // 60 seconds is what the specification says of a token that does not tell.
  const life = Math.max(answer?.expires_in ?? 60, 30) * 1000;
  return { value, expires: wanted.now.getTime() + life * 0.9 };
}

/** Where to ask; a registry behind TLS cannot send our password over a line that anybody reads. */
function realmOf({ challenge, registry, credentials }: TokenRequest): URL {
  const text = challenge.parameters.realm ?? '';
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    realm?.protocol === 'https:' || (realm?.protocol === 'http:' && registry.protocol === 'http:');
  const isMeant = realm != null && (credentials?.mayGoTo?.(realm.host) ?? true);
  if (realm && isSafe && isMeant && realm.username === '') return realm;
  throw new LockstepError('registry', `${registry.host} names an unusable token server`, {
    context: { realm: text.slice(0, 200) },
  });
}

function requestOf(realm: URL, wanted: TokenRequest): HttpRequest {
  const { credentials, scopes } = wanted;
  const service = wanted.challenge.parameters.service;
  if (credentials?.identityToken) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'lockstep',
      refresh_token: credentials.identityToken,
      scope: scopes.join(' '),
      ...(service == null ? {} : { service }),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: realm, headers, body: Buffer.from(form.toString()) };
  }
  const url = new URL(realm);
  if (service != null) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return { method: 'GET', url, headers: credentials ? { authorization: basic(credentials) } : {} };
}

export function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function refusal(response: HttpResponse, wanted: TokenRequest): Promise<LockstepError> {
  response.discard();
  const who = wanted.credentials ? 'these credentials' : 'anonymous access';
  if (![400, 401, 403].includes(response.status)) {
    return new LockstepError('registry', `${placeOf(response.url)} answered ${response.status}`, {
      context: { status: response.status },
    });
  }
  return new LockstepError('not-allowed', `${wanted.registry.host} refuses ${who}`, {
    context: { status: response.status, scope: wanted.scopes.join(' ') },
    hint: `log in: skopeo login ${wanted.registry.host}`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
