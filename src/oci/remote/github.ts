import * as z from 'zod/mini';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { readAll } from '../content.ts';
import type { ClientOptions } from './client.ts';
import { failureOf } from './failure.ts';
import { githubServer } from './github-server.ts';
import { parseRetryAfter, withRetries } from './retry.ts';
import type { HttpResponse } from './transport.ts';

const PAGE_SIZE = 100;
const PAGE_COUNT_LIMIT = 500;
const ANSWER_LIMIT = 8 << 20;

const versions = z.array(z.looseObject({ id: z.int(), name: z.string() }));

type Host = Pick<ClientOptions, 'host' | 'repository' | 'env' | 'transport' | 'signal' | 'now'>;

/** The versions of a package, and where they are asked for. */
interface Listing {
  base: string;
  ids: ReadonlyMap<string, number>;
}

/**
 * GitHub's packages API (REST API, "Packages"), which deletes manifests where its registry does
 * not. A version of a package is a manifest, with however many tags or none; its name is the
 * digest. The list is kept: the API allows few requests, and a cleanup removes many manifests.
 */
export class GithubPackages {
  readonly #host: Host;
  #listing: Listing | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * Deletes a manifest with all its tags. False when this is not the registry of the server
   * that the token is for, there is no token, or no such version. Throws `not-allowed`, and `registry` when the limit is used up.
   */
  async delete(digest: Digest): Promise<boolean> {
    if (!this.#api || !this.#host.env.GITHUB_TOKEN) return false;
    const listed = this.#listing?.ids.has(digest) ? this.#listing : await this.#list();
    this.#listing = listed;
    const id = listed?.ids.get(digest);
    if (!listed || id === undefined) return false;
    const response = await this.#ask('DELETE', `${listed.base}/${id}`);
    if (response.status !== 204 && response.status !== 404) {
      throw await this.#failure(response, 'DELETE');
    }
    response.discard();
    return true;
  }

  /** The API of the server that the token is for, when the registry is that server's own. */
  get #api(): string | undefined {
    const server = githubServer(this.#host.env);
    return this.#host.host === server?.registry ? server.api : undefined;
  }

  /** The owner is an organization or a user; only the address of the right one is known. */
  async #list(): Promise<Listing | undefined> {
    const [owner = '', ...name] = this.#host.repository.split('/');
    const place = `packages/container/${encodeURIComponent(name.join('/'))}/versions`;
    for (const kind of ['orgs', 'users']) {
      const base = `${kind}/${encodeURIComponent(owner)}/${place}`;
      const ids = await this.#idsAt(base);
      if (ids) return { base, ids };
    }
    return undefined;
  }

  async #idsAt(base: string): Promise<Map<string, number> | undefined> {
    const ids = new Map<string, number>();
    for (let page = 1; page <= PAGE_COUNT_LIMIT; page += 1) {
      const response = await this.#ask('GET', `${base}?per_page=${PAGE_SIZE}&page=${page}`);
      if (response.status === 404) {
        response.discard();
        return undefined;
      }
      if (response.status !== 200) throw await this.#failure(response, 'GET');
      const text = (await readAll(response.body, ANSWER_LIMIT, base)).toString('utf8');
      const list = versions.parse(JSON.parse(text));
      for (const { id, name } of list) ids.set(name, id);
      if (list.length < PAGE_SIZE) break;
    }
    return ids;
  }

  #ask(method: 'GET' | 'DELETE', path: string): Promise<HttpResponse> {
    const { env, transport, signal } = this.#host;
    const url = new URL(`${this.#api}/${path}`);
    const headers = {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${env.GITHUB_TOKEN}`,
      'x-github-api-version': '2022-11-28',
    };
    const send = async () => {
      const response = await transport({ method, url, headers, ...(signal ? { signal } : {}) });
      const limited = this.#limit(response);
      if (limited) throw limited;
      if (response.status < 500) return response;
      throw await this.#failure(response, method);
    };
    return withRetries(send, signal ? { signal } : {});
  }

  /** The error for too many requests, which GitHub answers with 403 as well as with 429. */
  #limit(response: HttpResponse): LockstepError | undefined {
    const { status, headers } = response;
    const used = headers['x-ratelimit-remaining'] === '0';
    const later = headers['retry-after'];
    if (status !== 429 && !(status === 403 && (used || later))) return undefined;
    response.discard();
    const now = this.#host.now();
    const reset = Number(headers['x-ratelimit-reset']) * 1000 - now.getTime();
    const wait = parseRetryAfter(later, now) ?? (Number.isNaN(reset) ? 60_000 : reset);
    const until = new Date(now.getTime() + wait).toISOString();
    return new LockstepError('registry', `GitHub takes no more requests until ${until}`, {
      context: { status: 429, retryAfter: Math.max(0, wait) },
      hint: 'call again then: what is gone stays gone',
    });
  }

  #failure(response: HttpResponse, method: 'GET' | 'DELETE'): Promise<LockstepError> {
    const { host, repository, now } = this.#host;
    const name = `${host}/${repository}`;
    return failureOf(response, { call: { method }, name, now: now() });
  }
}
