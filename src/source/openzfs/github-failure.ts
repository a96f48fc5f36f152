import { z } from 'zod';
import { readAll } from '../../oci/content.ts';
import { parseJson } from '../../oci/remote/pages.ts';
import { parseRetryAfter, RETRIED_STATUS } from '../../oci/remote/retry.ts';
import { type HttpResponse, placeOf } from '../../oci/remote/transport.ts';
import { type ErrorCode, LockstepError } from '../../system/error.ts';

/** How much of an answer is read to find out what went wrong. */
const ERROR_LIMIT = 64 << 10;

const errorBody = z.looseObject({ message: z.string() });

export interface FailureOptions {
  now: Date;
  /** A token would raise the rate limit. */
  mayAskMore: boolean;
}

/** The error for an answer of GitHub's that was not hoped for. */
export async function githubFailure(
  response: HttpResponse,
  { now, mayAskMore }: FailureOptions,
): Promise<LockstepError> {
  const { status, url } = response;
  const bytes = await readAll(response.body, ERROR_LIMIT, placeOf(url)).catch(() => undefined);
  const said = errorBody.safeParse(bytes && parseJson(bytes)).data?.message ?? '';
  const wait = [403, 429].includes(status) ? waitOf(response, said, now) : undefined;
  if (wait != null) return rateLimited(response, { wait, now, mayAskMore });
  const why = said ? `: ${said.slice(0, 300)}` : '';
  return new LockstepError(codeOf(status), `${placeOf(url)} was answered ${status}${why}`, {
    context: { url: placeOf(url), status },
    hint: status === 401 ? 'the token is not valid there: give another, or none' : undefined,
  });
}

/**
 * Milliseconds until GitHub answers again; undefined when this is no rate limit. The primary
 * limit has nothing remaining and names the second at which it ends; the secondary one has
 * `Retry-After`, or only says its name (REST API, "Rate limits").
 */
function waitOf({ status, headers }: HttpResponse, said: string, now: Date): number | undefined {
  const after = parseRetryAfter(headers['retry-after'], now);
  if (after != null) return after;
  const reset = Number(headers['x-ratelimit-reset']);
  if (headers['x-ratelimit-remaining'] === '0') {
    return reset > 0 ? Math.max(1000, reset * 1000 - now.getTime()) : 60_000;
  }
  return status === 429 || /rate limit/i.test(said) ? 60_000 : undefined;
}

function rateLimited(
  { status, url }: HttpResponse,
  { wait, now, mayAskMore }: FailureOptions & { wait: number },
): LockstepError {
  const end = new Date(now.getTime() + Math.min(wait, 1e13)).toISOString().replace(/\.\d+Z$/, 'Z');
  return new LockstepError(
    'network',
    `${url.host} refuses further requests: its rate limit is used up until ${end}`,
    {
      context: { url: placeOf(url), status, retryAfter: wait },
      hint: mayAskMore
        ? `try again after ${end}, or set GITHUB_TOKEN: with any token the limit is far higher`
        : `try again after ${end}`,
    },
  );
}

function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'not-allowed';
  if (status === 404 || status === 410) return 'not-found';
  return status >= 500 || RETRIED_STATUS.has(status) ? 'network' : 'invalid-content';
}
