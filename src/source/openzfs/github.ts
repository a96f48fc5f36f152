import { readAll } from '../../oci/content.ts';
import type { Answer } from '../../oci/remote/failure.ts';
import { followRedirects } from '../../oci/remote/redirect.ts';
import { type RetryOptions, withRetries } from '../../oci/remote/retry.ts';
import {
  type HttpResponse,
  httpTransport,
  placeOf,
  type Transport,
} from '../../oci/remote/transport.ts';
import { LockstepError } from '../../system/error.ts';
import { githubFailure } from './github-failure.ts';

/** Where OpenZFS's releases are listed. */
export const OPENZFS_REPOSITORY = 'https://api.github.com/repos/openzfs/zfs';

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
  const send = (url: URL, headers: Record<string, string>) =>
    get({ transport, url, headers, ...options, hasToken: Boolean(options.token) });
  return {
    repository,
    ask: (address, { accept, limit }) =>
      withRetries(async () => {
        const url = new URL(address);
        const ours = url.origin === origin && options.token;
        const response = await send(url, {
          accept,
          'x-github-api-version': '2022-11-28',
          ...(ours && { authorization: `Bearer ${options.token}` }),
        });
        const bytes = await readAll(response.body, limit, placeOf(url));
        return { status: response.status, headers: response.headers, url: response.url, bytes };
      }, retry),
    download: (address, use) =>
      withRetries(async () => use(await send(new URL(address), { accept: '*/*' })), retry),
  };
}

/**
 * The token of an environment, when it is for the server of this address: on GitHub Enterprise
 * `GITHUB_TOKEN` is for the server that `GITHUB_API_URL` names, and the public one must not see it.
 */
export function tokenFor(
  env: NodeJS.ProcessEnv,
  repository: string = OPENZFS_REPOSITORY,
): string | undefined {
  const issuer = env.GITHUB_API_URL || new URL(OPENZFS_REPOSITORY).origin;
  const same = URL.canParse(issuer) && new URL(issuer).origin === httpOrigin(repository);
  return (same && env.GITHUB_TOKEN) || undefined;
}

function httpOrigin(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new LockstepError('config', `not an address of a repository: ${address}`, {
    hint: `give one like ${OPENZFS_REPOSITORY}`,
  });
}

interface Get extends Pick<GithubOptions, 'now' | 'signal'> {
  transport: Transport;
  url: URL;
  headers: Record<string, string>;
  hasToken: boolean;
}

async function get({ transport, url, headers, signal, now, hasToken }: Get) {
  const request = { method: 'GET', url, headers, ...(signal && { signal }) };
  const response = await followRedirects(transport, request);
  if (response.status === 200) return response;
  throw await githubFailure(response, { now: now(), hasToken });
}
