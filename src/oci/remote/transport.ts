import type { Agent, IncomingHttpHeaders, IncomingMessage, request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { LockstepError } from '../../system/error.ts';
import { untrusted } from './certificate.ts';
import { interrupted, isRefusedHere } from './retry.ts';
import { authoritiesFor } from './trust.ts';

export interface HttpRequest {
  method: string;
  url: URL;
  headers?: Record<string, string>;
  /** A stream needs a `content-length` among the headers. */
  body?: Uint8Array | AsyncIterable<Uint8Array>;
  signal?: AbortSignal;
}

export interface HttpResponse {
  status: number;
  headers: IncomingHttpHeaders;
  url: URL;
  /** Must be read to its end or discarded. A body cut short throws `network`. */
  body: AsyncIterable<Uint8Array>;
  discard(): void;
}

/** Sends one request and gives its answer, whatever its status; follows no redirect. */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

export interface TransportOptions {
  env: NodeJS.ProcessEnv;
  /**
   * PEM certificates of all that is trusted for a host; undefined: what the system trusts (default
   * the system's and those of `SSL_CERT_FILE`).
   */
  authorities?: () => Promise<string[] | undefined>;
  /** Milliseconds without a byte after which a connection is given up (default 60 s). */
  idle?: number;
}

/**
 * HTTP over kept connections. Built on node:http instead of fetch, which can neither trust a
 * certificate for one registry alone nor leave a redirect to its caller with the body unread.
 * What speaks a protocol is loaded for the first request of it: it takes as long as half of a Node
 * that does nothing.
 */
export function httpTransport(options: TransportOptions): Transport {
  const shared = { keepAlive: true, maxSockets: 16, proxyEnv: options.env };
  let plain: Client | undefined;
  let secure: Promise<Client> | undefined;
  const makePlain = (): Client => {
    const { request, Agent } = process.getBuiltinModule('node:http');
    return { request, agent: new Agent(shared) };
  };
  const makeSecure = async (): Promise<Client> => {
    const ca = await (options.authorities?.() ?? authoritiesFor(undefined, options.env));
    const { request, Agent } = process.getBuiltinModule('node:https');
    return { request, agent: new Agent({ ...shared, ca }) };
  };
  return async (wanted) => {
    const isSecure = wanted.url.protocol === 'https:';
    const client = isSecure ? await (secure ??= makeSecure()) : (plain ??= makePlain());
    return send(wanted, client, options.idle ?? 60_000);
  };
}

/** What speaks to servers, with its kept connections. */
interface Client {
  request: typeof request;
  agent: Agent;
}

async function send(wanted: HttpRequest, client: Client, idle: number): Promise<HttpResponse> {
  if (wanted.signal?.aborted) throw interrupted(wanted.signal, placeOf(wanted.url));
  const outgoing = client.request(wanted.url, {
    method: wanted.method,
    headers: headersOf(wanted),
    agent: client.agent,
  });
  endWith(outgoing, wanted);
  outgoing.setTimeout(idle, () => outgoing.destroy(silence(wanted, idle)));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
  });
  answered.catch(() => {});
  const sent = sendBody(outgoing, wanted.body);
  try {
    // An answer may come before the body is sent: a refusal, which must not wait for it.
    await Promise.race([answered, sent.then(() => answered)]);
    return responseOf(await answered, wanted);
  } catch (error) {
    outgoing.destroy();
    throw asNetworkError(error, wanted);
  }
}

/** Ends a request when it is no longer wanted; the option of node:http listens to much more for it. */
function endWith(outgoing: ReturnType<typeof request>, { signal, url }: HttpRequest): void {
  if (!signal) return;
  const end = () => outgoing.destroy(interrupted(signal, placeOf(url)));
  signal.addEventListener('abort', end, { once: true });
  outgoing.once('close', () => signal.removeEventListener('abort', end));
}

async function sendBody(
  outgoing: ReturnType<typeof request>,
  body: HttpRequest['body'],
): Promise<void> {
  if (body == null || body instanceof Uint8Array) outgoing.end(body);
  else await pipeline(body, outgoing);
}

function headersOf({ headers, body }: HttpRequest): Record<string, string> {
  const length = body == null ? 0 : body instanceof Uint8Array ? body.length : undefined;
  return {
    'user-agent': 'lockstep/0.1',
    ...(length == null || (length === 0 && body == null) ? {} : { 'content-length': `${length}` }),
    ...headers,
  };
}

function responseOf(message: IncomingMessage, wanted: HttpRequest): HttpResponse {
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    url: wanted.url,
    body: bodyOf(message, wanted),
    discard: () => discard(message, wanted.method),
  };
}

async function* bodyOf(message: IncomingMessage, wanted: HttpRequest): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of message) yield chunk as Buffer;
    if (!message.complete) throw new Error('the body was cut short');
  } catch (error) {
    throw asNetworkError(error, wanted);
  } finally {
    if (!message.readableEnded) message.destroy();
  }
}

/** Reads what little is left so that the connection can be used again, or closes it. */
function discard(message: IncomingMessage, method: string): void {
  const length = Number(message.headers['content-length'] ?? Number.NaN);
  message.on('error', () => {});
  if (length <= 65_536 || method === 'HEAD') message.resume();
  else message.destroy();
}

function silence({ url }: HttpRequest, idle: number): LockstepError {
  return new LockstepError('network', `${url.host} said nothing for ${idle / 1000} s`, {
    context: { url: placeOf(url) },
  });
}

/** The address without the query, which may hold a signature. */
export function placeOf(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function asNetworkError(error: unknown, { method, url, signal }: HttpRequest): unknown {
  if (signal?.aborted) return interrupted(signal, placeOf(url));
  if (error instanceof LockstepError) return error;
  const why = error instanceof Error ? error.message || String(error) : String(error);
  const distrust = untrusted(url, codeOf(error));
  if (distrust) return distrust;
  return new LockstepError('network', `${method} ${placeOf(url)}: ${why}`, {
    cause: error,
    context: { url: placeOf(url), reason: codeOf(error) },
    hint: isRefusedHere(url, codeOf(error))
      ? `is ${url.host} running? nothing listens there`
      : undefined,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
