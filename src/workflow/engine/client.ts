import { z } from 'zod';
import { readAll } from '../../oci/content.ts';
import { nextOf, parseJson } from '../../oci/remote/pages.ts';
import { followRedirects } from '../../oci/remote/redirect.ts';
import { pauseOrThrow, type RetryOptions } from '../../oci/remote/retry.ts';
import {
  type HttpRequest,
  type HttpResponse,
  httpTransport,
  placeOf,
  type Transport,
} from '../../oci/remote/transport.ts';
import { LockstepError } from '../../system/error.ts';
import { engineFailure } from './failure.ts';
import type { EnginePlace } from './place.ts';

/** Bytes that one answer may have, pages that one list may have, milliseconds of one attempt. */
const ANSWER_LIMIT = 16 << 20;
const PAGE_COUNT_LIMIT = 200;
const PATIENCE = 60_000;

/** Milliseconds that a rate limit may last to be waited for without a word. */
const LONGEST_PAUSE = 30_000;

export interface ClientOptions {
  /** For proxies and certificates. */
  env: NodeJS.ProcessEnv;
  now: () => Date;
  signal?: AbortSignal;
  retry?: Pick<RetryOptions, 'attempts' | 'pause' | 'longestPause'>;
}

export interface EngineCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the address of the API, with its query. */
  path: string;
  /** Sent as JSON. */
  body?: object;
  /** Statuses that are answers beside 200 to 299. */
  expect?: readonly number[];
  accept?: string;
}

/** What an engine answered, read whole. */
export interface EngineAnswer {
  status: number;
  headers: HttpResponse['headers'];
  /** Undefined for an empty body or one that is no JSON. */
  json: unknown;
  text: string;
}

/**
 * Speaks the REST API of a repository's CI engine: GitHub, Forgejo, GitLab. The token of the place
 * goes to the origin of its API and to no other, wherever a list or a redirect leads, and is in no
 * error. Failures that may pass are tried again, but for POST, which would be done twice: that is
 * repeated only where a rate limit refused it.
 */
export class EngineClient {
  readonly place: EnginePlace;
  readonly #options: ClientOptions;
  readonly #transport: Transport;

  constructor(place: EnginePlace, options: ClientOptions) {
    this.place = place;
    this.#options = options;
    this.#transport = httpTransport({ env: options.env });
  }

  /** Sends a call and reads its answer; throws by name what was not hoped for. */
  async ask(call: EngineCall): Promise<EngineAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(call);
      } catch (error) {
        if (call.method === 'POST' && !isRateLimit(error)) throw error;
        await pauseOrThrow(error, attempt, this.#retry);
      }
    }
  }

  /** Reads an answer as data of a form; throws `invalid-content` for another. */
  async get<T>(path: string, form: z.ZodType<T>): Promise<T> {
    return formed(form, (await this.ask({ method: 'GET', path })).json, path);
  }

  /** The same, or undefined where the server says 404. */
  async find<T>(path: string, form: z.ZodType<T>): Promise<T | undefined> {
    const { status, json } = await this.ask({ method: 'GET', path, expect: [404] });
    return status === 404 ? undefined : formed(form, json, path);
  }

  /**
   * The items of a list, page by page (`Link: <…>; rel="next"`), as long as anybody reads on.
   * `key` is where they stand when the answer is an object. Pages are asked at our own origin,
   * whatever host the header names. Throws rather than give a part.
   */
  async *list<T>(path: string, form: z.ZodType<T>, key?: string): AsyncGenerator<T> {
    const seen = new Set<string>();
    for (let next: string | undefined = path; next != null; ) {
      if (seen.has(next) || seen.size >= PAGE_COUNT_LIMIT) throw endless(path);
      seen.add(next);
      const answer: EngineAnswer = await this.ask({ method: 'GET', path: next });
      const { json } = answer;
      const items = key == null ? json : (json as Record<string, unknown> | undefined)?.[key];
      yield* formed(z.array(form), items ?? undefined, path);
      next = this.#nextPath(answer);
    }
  }

  get #retry(): RetryOptions {
    const { retry, signal } = this.#options;
    return {
      attempts: 4,
      pause: 500,
      longestPause: LONGEST_PAUSE,
      ...retry,
      ...(signal && { signal }),
    };
  }

  async #once(call: EngineCall): Promise<EngineAnswer> {
    const response = await followRedirects(this.#transport, this.#requestOf(call));
    const { status, headers, body, url } = response;
    const isAnswer = (status >= 200 && status < 300) || call.expect?.includes(status);
    if (!isAnswer) {
      const { place } = this;
      throw await engineFailure(response, { method: call.method, place, now: this.#options.now() });
    }
    const bytes = await readAll(body, ANSWER_LIMIT, placeOf(url));
    return { status, headers, json: parseJson(bytes), text: bytes.toString('utf8') };
  }

  #requestOf({ method, path, body, accept }: EngineCall): HttpRequest {
    const late = AbortSignal.timeout(PATIENCE);
    const { signal } = this.#options;
    return {
      method,
      url: new URL(`${this.place.api}/${path}`),
      headers: {
        ...headersFor(this.place),
        ...(accept && { accept }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: Buffer.from(JSON.stringify(body)) }),
      signal: signal ? AbortSignal.any([signal, late]) : late,
    };
  }

  /** The path of the next page below our API. */
  #nextPath({ headers }: EngineAnswer): string | undefined {
    const base = new URL(`${this.place.api}/`);
    const next = nextOf({ headers, url: base });
    if (!next) return undefined;
    if (next.pathname.startsWith(base.pathname))
      return next.pathname.slice(base.pathname.length) + next.search;
    throw new LockstepError('invalid-content', `${base.host} names a next page outside of its API`);
  }
}

function headersFor({ engine, token }: EnginePlace): Record<string, string> {
  const scheme = engine === 'forgejo' ? 'token' : 'Bearer';
  return {
    accept: engine === 'github' ? 'application/vnd.github+json' : 'application/json',
    ...(engine === 'github' && { 'x-github-api-version': '2022-11-28' }),
    ...(token && { authorization: `${scheme} ${token}` }),
  };
}

function formed<T>(form: z.ZodType<T>, json: unknown, path: string): T {
  const parsed = form.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the answer';
  throw new LockstepError(
    'invalid-content',
    `${path} answers otherwise than known: ${where}: ${issue?.message}`,
  );
}

function isRateLimit(error: unknown): boolean {
  return error instanceof LockstepError && error.context.status === 429;
}

function endless(path: string): LockstepError {
  return new LockstepError('invalid-content', `${path} lists pages without an end`);
}
