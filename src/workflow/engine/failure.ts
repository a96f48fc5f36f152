import { z } from 'zod';
import { readAll } from '../../oci/content.ts';
import { parseJson } from '../../oci/remote/pages.ts';
import { parseRetryAfter, RETRIED_STATUS } from '../../oci/remote/retry.ts';
import { type HttpResponse, placeOf } from '../../oci/remote/transport.ts';
import { type ErrorCode, LockstepError } from '../../system/error.ts';
import { type EnginePlace, tokenHint } from './place.ts';

/** How much of an answer is read to find out what went wrong. */
const ERROR_LIMIT = 64 << 10;

const problem = z.union([
  z.string(),
  z.looseObject({ message: z.string().optional(), field: z.string().optional() }),
]);
/** GitHub and Forgejo say `message` and `errors`, GitLab `message` (text, list or map) or `error`. */
const errorBody = z.looseObject({
  message: z.unknown().optional(),
  error: z.unknown().optional(),
  errors: z.array(problem).optional().catch(undefined),
});

export interface FailureOptions {
  method: string;
  place: EnginePlace;
  now: Date;
}

/** The error for an answer of an engine's API that was not hoped for. The token never stands in it. */
export async function engineFailure(
  response: HttpResponse,
  { method, place, now }: FailureOptions,
): Promise<LockstepError> {
  const { status, url } = response;
  const said = masked(await whatItSays(response), place.token);
  const wait = [403, 429].includes(status) ? waitOf(response, said, now) : undefined;
  if (wait != null) return rateLimited(response, wait, { place, now });
  const where = `${method} ${placeOf(url)}`;
  const why = said || RETRIED_STATUS.get(status) || 'no reason given';
  return new LockstepError(codeOf(status), `${where} was answered ${status}: ${why}`, {
    context: {
      status,
      url: placeOf(url),
      retryAfter: parseRetryAfter(response.headers['retry-after'], now),
    },
    hint: hintOf(response, place),
  });
}

function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'not-allowed';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 405 || status === 501) return 'unsupported';
  if (status === 409) return 'conflict';
  if (status === 400 || status === 422) return 'usage';
  return status >= 500 || RETRIED_STATUS.has(status) ? 'network' : 'invalid-content';
}

function hintOf({ status, headers }: HttpResponse, place: EnginePlace): string | undefined {
  if (status === 401) {
    return place.token ? `the token is not valid there: ${tokenHint(place)}` : tokenHint(place);
  }
  if (status === 403) {
    // GitHub names what a fine-grained token would need.
    const needed = headers['x-accepted-github-permissions'];
    return needed
      ? `the token needs the permission ${String(needed)}`
      : 'the token may not do that';
  }
  if (status !== 404) return undefined;
  const silent = 'servers say the same of what a token may not see';
  return place.token ? `check ${place.page}; ${silent}` : `${tokenHint(place)}: ${silent}`;
}

/**
 * Milliseconds until the server answers again; undefined when this is no rate limit. GitHub says
 * 403 as well as 429 (REST API, "Rate limits"); GitLab names the second in `RateLimit-Reset`.
 */
function waitOf({ status, headers }: HttpResponse, said: string, now: Date): number | undefined {
  const after = parseRetryAfter(headers['retry-after'], now);
  if (after != null) return after;
  const left = headers['x-ratelimit-remaining'] ?? headers['ratelimit-remaining'];
  const reset = Number(headers['x-ratelimit-reset'] ?? headers['ratelimit-reset']);
  if (left === '0') return reset > 0 ? Math.max(1000, reset * 1000 - now.getTime()) : 60_000;
  return status === 429 || /rate limit/i.test(said) ? 60_000 : undefined;
}

function rateLimited(
  { url }: HttpResponse,
  wait: number,
  { place, now }: Pick<FailureOptions, 'place' | 'now'>,
): LockstepError {
  const end = new Date(now.getTime() + Math.min(wait, 1e13)).toISOString().replace(/\.\d+Z$/, 'Z');
  return new LockstepError('network', `${url.host} takes no more requests until ${end}`, {
    context: { status: 429, url: placeOf(url), retryAfter: wait },
    hint: place.token ? `try again after ${end}` : `try again after ${end}, or ${tokenHint(place)}`,
  });
}

async function whatItSays(response: HttpResponse): Promise<string> {
  const bytes = await readAll(response.body, ERROR_LIMIT, placeOf(response.url)).catch(
    () => undefined,
  );
  const body = errorBody.safeParse(bytes && parseJson(bytes)).data;
  const details = body?.errors?.map((one) =>
    typeof one === 'string' ? one : [one.field, one.message].filter(Boolean).join(' '),
  );
  const said = [body?.message ?? body?.error, ...(details ?? [])].filter(Boolean).map(asText);
  return said.join('; ').replace(/\s+/g, ' ').slice(0, 300);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function masked(text: string, token: string | undefined): string {
  return token ? text.replaceAll(token, '***') : text;
}
