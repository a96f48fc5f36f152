import { LockstepError } from '../../system/error.ts';
import { readAll } from '../content.ts';
import { findCredentials } from './credentials.ts';
import { type Answer, failureOf } from './failure.ts';
import { Login } from './login.ts';
import { findOrigin } from './origin.ts';
import { followRedirects } from './redirect.ts';
import { type RetryOptions, withRetries } from './retry.ts';
import { type HttpRequest, type HttpResponse, placeOf, type Transport } from './transport.ts';

export interface ClientOptions extends RetryOptions {
  host: string;
  repository: string;
  transport: Transport;
  env: NodeJS.ProcessEnv;
  now: () => Date;
  plainHttp: boolean;
  /** Milliseconds that one operation may take with all its repetitions. */
  deadline: number;
}

/** What the clients of one repository have found out together. */
interface Shared {
  origin?: Promise<URL>;
  login?: Login;
}

export interface Call {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below `/v2/<repository>/`, or an address that the registry gave. */
  path: string | URL;
  /** Statuses that are answers; any other is thrown. */
  expect: readonly number[];
  headers?: Record<string, string>;
  body?: Uint8Array | (() => AsyncIterable<Uint8Array>);
  actions?: 'pull' | 'pull,push' | 'pull,push,delete';
  /** A second repository that is read from. */
  alsoPull?: string;
  /** False leaves a redirect to the caller. */
  follow?: boolean;
}

/** Speaks the distribution API of one repository: login, redirects, retries, errors by name. */
export class Client {
  readonly options: ClientOptions;
  readonly #shared: Shared;

  constructor(options: ClientOptions, shared: Shared = {}) {
    this.options = options;
    this.#shared = shared;
  }

  /** The same client for one operation, whose time starts to run now. */
  operation(): Client {
    const late = AbortSignal.timeout(this.options.deadline);
    const { signal } = this.options;
    const either = signal ? AbortSignal.any([signal, late]) : late;
    return new Client({ ...this.options, signal: either }, this.#shared);
  }

  /** `host/repository`, as messages name it. */
  get name(): string {
    return `${this.options.host}/${this.options.repository}`;
  }

  /** Sends a call until it is answered; the body of the answer is the caller's to read. */
  call(call: Call): Promise<HttpResponse> {
    return withRetries(() => this.once(call), this.options);
  }

  /** Sends a call and reads its answer whole, which may have `limit` bytes. */
  fetch(call: Call, limit: number): Promise<Answer> {
    return withRetries(async () => {
      const { status, headers, body, url } = await this.once(call);
      return { status, headers, url, bytes: await readAll(body, limit, placeOf(url)) };
    }, this.options);
  }

  /** Sends a call whose answer has no body that matters. */
  async send(call: Call): Promise<Answer> {
    const response = await this.call(call);
    response.discard();
    return { ...response, bytes: Buffer.alloc(0) };
  }

  /** One attempt, with the login that it takes and the redirects that it meets. */
  async once(call: Call): Promise<HttpResponse> {
    const origin = await this.origin();
    const url = typeof call.path === 'string' ? this.#urlOf(origin, call.path) : call.path;
    for (let attempt = 1; ; attempt += 1) {
      const headers = await this.#headersFor(call, url, origin);
      const response = await this.#follow(call, url, headers);
      if (response.status === 401 && attempt <= 2 && response.url.origin === origin.origin) {
        response.discard();
        if (await this.#loginTo(origin).accept(response, headers, this.#scopes(call))) continue;
      }
      const isElsewhere = response.url.origin !== url.origin;
      // Whether the registry has something, another host does not know.
      if (isElsewhere && isStale(response, url)) throw stale(response, this.name);
      if (call.expect.includes(response.status)) return response;
      if (isStale(response, url)) throw stale(response, this.name);
      throw await failureOf(response, { call, name: this.name, now: this.options.now() });
    }
  }

  /** Scheme and host of the registry; found out once. A failure is for the call to repeat. */
  origin(): Promise<URL> {
    const { host, transport, plainHttp, signal } = this.options;
    this.#shared.origin ??= findOrigin(host, { transport, plainHttp, signal });
    this.#shared.origin.catch(() => {
      this.#shared.origin = undefined;
    });
    return this.#shared.origin;
  }

  #urlOf(origin: URL, path: string): URL {
    return new URL(`/v2/${this.options.repository}/${path}`, origin);
  }

  #loginTo(registry: URL): Login {
    const { host, repository, env, transport, now, signal } = this.options;
    const credentials = () => findCredentials(host, repository, env);
    this.#shared.login ??= new Login({ registry, transport, credentials, now, signal });
    return this.#shared.login;
  }

  /** Our login goes to the registry itself only, not to where it says that uploads go. */
  async #headersFor(call: Call, url: URL, origin: URL): Promise<Record<string, string>> {
    if (url.origin !== origin.origin) return { ...call.headers };
    return { ...call.headers, ...(await this.#loginTo(origin).headers(this.#scopes(call))) };
  }

  #scopes({ actions = 'pull', alsoPull }: Call): string[] {
    const own = `repository:${this.options.repository}:${actions}`;
    return alsoPull == null ? [own] : [own, `repository:${alsoPull}:pull`];
  }

  #follow(call: Call, start: URL, headers: Record<string, string>): Promise<HttpResponse> {
    const request = this.#requestOf(call, start, headers);
    const isAnswer = (status: number) => call.follow === false || call.expect.includes(status);
    return followRedirects(this.options.transport, request, isAnswer);
  }

  #requestOf(call: Call, url: URL, headers: Record<string, string>): HttpRequest {
    const body = typeof call.body === 'function' ? call.body() : call.body;
    const { signal } = this.options;
    return {
      method: call.method,
      url,
      headers,
      ...(body ? { body } : {}),
      ...(signal ? { signal } : {}),
    };
  }
}

/** True for a no of an address that we were sent to: signed addresses age (RFC 9110, 15.4.8). */
function isStale(response: HttpResponse, asked: URL): boolean {
  return response.url.href !== asked.href && [400, 401, 403, 404, 410].includes(response.status);
}

function stale(response: HttpResponse, name: string): LockstepError {
  response.discard();
  return new LockstepError(
    'network',
    `${name} sent us to an address that answers ${response.status}`,
    {
      context: { url: placeOf(response.url), status: response.status },
    },
  );
}
