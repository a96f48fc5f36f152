import { readAll } from '../../oci/content.ts';
import type { Answer } from '../../oci/remote/failure.ts';
import { githubServer } from '../../oci/remote/github-server.ts';
import { followRedirects } from '../../oci/remote/redirect.ts';
import { type RetryOptions, withRetries } from '../../oci/remote/retry.ts';
import {
  type HttpRequest,
  type HttpResponse,
  httpTransport,
  placeOf,
  type Transport,
} from '../../oci/remote/transport.ts';
import { LockstepError } from '../../system/error.ts';
import { githubFailure } from './github-failure.ts';
import { OPENZFS_REPOSITORY } from './places.ts';

/** Milliseconds that one answer of the API may take, and one file. */
const PATIENCE = 60_000;
const FILE_PATIENCE = 30 * 60_000;

/** Milliseconds that a limit may last to be waited for without a word. */
const LONGEST_PAUSE = 30_000;

export interface GithubOptions {
  /** Address of a repository in GitHub's REST API (default OpenZFS's own). */
  repository?: string;
  /** Raises the rate limit; sent to the host of the API and to no other. */
  token?: string;
  /** For proxies. */
  env: NodeJS.ProcessEnv;
  now: () => Date;
  signal?: AbortSignal;
  retry?: Pick<RetryOptions, 'attempts' | 'pause' | 'longestPause'>;
  /** Milliseconds that one answer of the API may take (default a minute). */
  patience?: number;
}

/** A repository that is asked through GitHub's REST API. */
export interface Github {
  /** Address of the repository in the API, without a slash at its end. */
  repository: string;
  /** GET inside the API, read whole; throws what went wrong, the rate limit by its name. */
  ask(address: string | URL, wanted: { accept: string; limit: number }): Promise<Answer>;
  /** GET of a file anywhere, without our token; tries again until `use` has read it. */
  download<T>(address: string, use: (response: HttpResponse) => Promise<T>): Promise<T>;
}

/** Opens a repository; nothing is asked yet. Throws `config` for what is no HTTP address. */
export function openGithub(options: GithubOptions): Github {
  const repository = (options.repository ?? OPENZFS_REPOSITORY).replace(/\/+$/, '');
  const origin = httpOrigin(repository);
  const transport = httpTransport({ env: options.env });
  const retry: RetryOptions = {
    attempts: 4,
    pause: 500,
    longestPause: LONGEST_PAUSE,
    ...options.retry,
    ...(options.signal && { signal: options.signal }),
  };
  const send = (address: string | URL, token: string | undefined, wanted: Wanted) => {
    const late = AbortSignal.timeout(wanted.patience);
    const signal = options.signal ? AbortSignal.any([options.signal, late]) : late;
    const headers = { ...wanted.headers, ...(token && { authorization: `Bearer ${token}` }) };
    return get(transport, { method: 'GET', url: new URL(address), headers, signal }, options.now);
  };
  return {
    repository,
    ask: (address, { accept, limit }) =>
      withRetries(async () => {
        const token = new URL(address).origin === origin ? options.token : undefined;
        const headers = { accept, 'x-github-api-version': '2022-11-28' };
        const patience = options.patience ?? PATIENCE;
        const answer = await send(address, token, { headers, patience });
        return { ...answer, bytes: await readAll(answer.body, limit, placeOf(answer.url)) };
      }, retry),
    download: (address, use) =>
      withRetries(
        async () => use(await send(address, undefined, { headers: {}, patience: FILE_PATIENCE })),
        retry,
      ),
  };
}

interface Wanted {
  headers: Record<string, string>;
  patience: number;
}

/**
 * The token of an environment, when it is for the server of this address: on GitHub Enterprise
 * `GITHUB_TOKEN` is for that server, and the public one must not see it.
 */
export function tokenFor(
  env: NodeJS.ProcessEnv,
  repository: string = OPENZFS_REPOSITORY,
): string | undefined {
  const issuer = githubServer(env)?.api ?? '';
  const same = httpOrigin(repository) === (URL.canParse(issuer) && new URL(issuer).origin);
  return (same && env.GITHUB_TOKEN) || undefined;
}

function httpOrigin(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new LockstepError('config', `not an address of a repository: ${address}`, {
    hint: `give one like ${OPENZFS_REPOSITORY}`,
  });
}

async function get(
  transport: Transport,
  request: HttpRequest,
  now: () => Date,
): Promise<HttpResponse> {
  const response = await followRedirects(transport, request);
  if (response.status === 200) return response;
  throw await githubFailure(response, { now: now(), mayAskMore: mayAskMore(request) });
}

/** True where a token would raise the limit: in the API, without one. */
function mayAskMore({ headers }: HttpRequest): boolean {
  return headers?.['x-github-api-version'] != null && !headers.authorization;
}
