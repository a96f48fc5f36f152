import { readAll, streamOf } from '../../oci/content.ts';
import { LockstepError } from '../../system/error.ts';
import { ANSWER_TIME, type Fetch } from './services.ts';

/** Largest answer of a service that is read. */
const ANSWER_LIMIT = 1 << 20;

/**
 * Asks a service for JSON. What was sent stands in no error, as it may be a token; throws `network`
 * when there is no answer and `not-allowed` or `network` with the status of a refusal.
 */
export async function askJson(
  fetch: Fetch,
  url: URL,
  request: { method?: string; headers: Record<string, string>; body?: string },
): Promise<unknown> {
  const where = `${url.origin}${url.pathname}`;
  const signal = AbortSignal.timeout(ANSWER_TIME);
  const response = await fetch(url, { ...request, signal }).catch(() => undefined);
  if (!response) throw failed(where, 'does not answer');
  if (!response.ok) throw failed(where, `answers ${response.status}`, response.status);
  const bytes = await readAll(
    response.body ?? streamOf(''),
    ANSWER_LIMIT,
    `the answer of ${where}`,
  );
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw failed(where, 'answers with something that is no JSON');
  }
}

function failed(where: string, what: string, status = 0): LockstepError {
  const isRefusal = status === 400 || status === 401 || status === 403;
  return new LockstepError(isRefusal ? 'not-allowed' : 'network', `${where} ${what}`, {
    context: { url: where, ...(status ? { status } : {}) },
    hint: isRefusal
      ? 'the identity token may have expired, or be for another audience'
      : 'call again later',
  });
}
