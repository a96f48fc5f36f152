import { readAll } from '../../oci/content.ts';
import { parseJson } from '../../oci/remote/pages.ts';
import { withRetries } from '../../oci/remote/retry.ts';
import { httpTransport, placeOf } from '../../oci/remote/transport.ts';
import { githubFailure } from '../../source/openzfs/github-failure.ts';
import { LockstepError } from '../../system/error.ts';

export interface ApiOptions {
  /** Address of the API, without a slash at its end. */
  address: string;
  /** Fields that say who asks; sent to the host of the address and to no other. */
  headers: Record<string, string>;
  /** For proxies. */
  env: NodeJS.ProcessEnv;
  now: () => Date;
  signal?: AbortSignal;
  /** Milliseconds before the first repetition (default 500). */
  pause?: number;
}

/** The REST API of a CI service. */
export interface Api {
  /** Sends one request; the answer as JSON. Throws `not-allowed`, `not-found`, `network` and their kin. */
  send(method: 'GET' | 'POST' | 'PATCH' | 'PUT', path: string, body?: object): Promise<unknown>;
  /** Every entry of a list, page by page; throws `limit-exceeded` rather than give a part. */
  all(path: string): Promise<unknown[]>;
}

/** Bytes of one answer, entries of a page, pages of a list. */
const ANSWER_LIMIT = 8 << 20;
const PAGE = 100;
const PAGES = 50;

const PATIENCE = 60_000;

/** Opens an API; nothing is asked yet. What may have been done is not sent twice. */
export function openApi(options: ApiOptions): Api {
  const transport = httpTransport({ env: options.env });
  const { address, now, signal } = options;
  const once = async (method: string, path: string, body?: object): Promise<unknown> => {
    const late = AbortSignal.timeout(PATIENCE);
    const bytes = body && Buffer.from(JSON.stringify(body));
    const response = await transport({
      method,
      url: new URL(`${address}${path}`),
      headers: {
        accept: 'application/json',
        'user-agent': 'lockstep',
        ...(bytes && { 'content-type': 'application/json', 'content-length': `${bytes.length}` }),
        ...options.headers,
      },
      ...(bytes && { body: bytes }),
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
    if (response.status < 200 || response.status > 299)
      throw await githubFailure(response, { now: now(), mayAskMore: false });
    const text = await readAll(response.body, ANSWER_LIMIT, placeOf(response.url));
    return text.length === 0 ? undefined : parseJson(text);
  };
  const send: Api['send'] = (method, path, body) => {
    const attempts = method === 'POST' ? 1 : 4;
    const retry = { attempts, pause: options.pause ?? 500, longestPause: 30_000 };
    return withRetries(() => once(method, path, body), { ...retry, ...(signal && { signal }) });
  };
  return { send, all: (path) => allOf(send, path) };
}

async function allOf(send: Api['send'], path: string): Promise<unknown[]> {
  const found: unknown[] = [];
  let whole = 0;
  for (let page = 1; page <= PAGES; page++) {
    const answer = await send('GET', `${path}&per_page=${PAGE}&limit=${PAGE}&page=${page}`);
    if (!Array.isArray(answer)) throw noList(path);
    found.push(...(answer as unknown[]));
    // Servers give fewer than they are asked for: the first page shows how many.
    whole ||= answer.length;
    if (answer.length === 0 || answer.length < whole) return found;
  }
  throw new LockstepError('limit-exceeded', `${path} lists more than ${PAGES} pages`);
}

function noList(path: string): LockstepError {
  return new LockstepError('invalid-content', `${path} was not answered with a list`);
}
