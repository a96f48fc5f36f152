import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultChooser } from './faults.ts';

/** One request that came by. */
export interface Exchange {
  method: string;
  path: string;
  fault: Fault | undefined;
  authorized: boolean;
  requestBytes: number;
  responseBytes: number;
}

export interface FaultProxy extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  host: string;
  log: Exchange[];
  /** What happens to exchanges; may be changed at any time. */
  choose: FaultChooser;
}

export interface FaultProxyOptions {
  /** `HOST:PORT` of the server behind it. */
  target: string;
  choose?: FaultChooser;
  /** Demand bearer tokens, which it issues to anybody and forgets when a fault says so. */
  tokens?: boolean;
}

interface State {
  options: FaultProxyOptions;
  proxy: FaultProxy;
  tokens: Set<string>;
  /** Addresses that were redirected to, and whether they still work. */
  redirects: Map<string, 'stale'>;
}

/** Stands before a registry and does what networks and registries do at their worst. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const proxy: FaultProxy = {
    host: `127.0.0.1:${port}`,
    log: [],
    choose: options.choose ?? (() => undefined),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  const state = { options, proxy, tokens: new Set<string>(), redirects: new Map() };
  server.on('request', (incoming, outgoing) => {
    handle(state, incoming, outgoing).catch(() => outgoing.destroy());
  });
  return proxy;
}

async function handle(
  state: State,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = 'GET', url: path = '/' } = incoming;
  if (path.startsWith('/token')) return issueToken(state, outgoing);
  if (state.redirects.delete(path)) return answer(outgoing, 403, 'this address is too old');
  const fault = state.proxy.choose(method, path);
  const authorized = incoming.headers.authorization != null;
  const exchange = { method, path, fault, authorized, requestBytes: 0, responseBytes: 0 };
  state.proxy.log.push(exchange);
  if (fault === 'dropped-token') state.tokens.clear();
  if (state.options.tokens && !hasToken(state, incoming)) return demandToken(state, outgoing);
  const early = fault && EARLY[fault];
  if (early) return early(state, { incoming, outgoing });
  await forward(state, { incoming, outgoing, exchange });
}

type Early = (
  state: State,
  exchange: { incoming: IncomingMessage; outgoing: ServerResponse },
) => void;

/** Faults that keep a request from the server behind. */
const EARLY: Partial<Record<Fault, Early>> = {
  'reset-before': (_, { incoming }) => incoming.socket.resetAndDestroy(),
  'too-many': (_, { outgoing }) => answer(outgoing, 429, 'slow down', { 'retry-after': '0' }),
  unavailable: (_, { outgoing }) => answer(outgoing, 503, 'starting'),
  'bad-gateway': (_, { outgoing }) => answer(outgoing, 502, '<html>bad gateway</html>'),
};

async function forward(
  state: State,
  {
    incoming,
    outgoing,
    exchange,
  }: { incoming: IncomingMessage; outgoing: ServerResponse; exchange: Exchange },
): Promise<void> {
  const [host, port] = state.options.target.split(':');
  const headers = { ...incoming.headers };
  // The server behind sees our own address in the addresses that it makes, but no tokens.
  if (state.options.tokens) delete headers.authorization;
  const behind = request({ host, port, method: incoming.method, path: incoming.url, headers });
  const replied = new Promise<IncomingMessage>((resolve, reject) => {
    behind.once('response', resolve).once('error', reject);
  });
  replied.catch(() => {});
  for await (const chunk of incoming) {
    exchange.requestBytes += (chunk as Buffer).length;
    // An upload that breaks half way.
    if (exchange.fault === 'truncate' && exchange.requestBytes > 1000) {
      behind.destroy();
      return void incoming.socket.resetAndDestroy();
    }
    if (!behind.write(chunk)) await new Promise((resolve) => behind.once('drain', resolve));
  }
  behind.end();
  await reply(state, await replied, { outgoing, exchange });
}

async function reply(
  state: State,
  answered: IncomingMessage,
  { outgoing, exchange }: { outgoing: ServerResponse; exchange: Exchange },
): Promise<void> {
  const { fault, path } = exchange;
  if (fault === 'lost-reply') {
    answered.resume();
    return void outgoing.socket?.resetAndDestroy();
  }
  if (fault === 'stale-redirect' && exchange.method === 'GET' && answered.statusCode === 200) {
    answered.resume();
    const stale = `${path}${path.includes('?') ? '&' : '?'}stale=${state.proxy.log.length}`;
    state.redirects.set(stale, 'stale');
    return answer(outgoing, 307, '', { location: stale });
  }
  outgoing.writeHead(answered.statusCode ?? 502, headersFor(fault, answered));
  for await (const chunk of answered) {
    const bytes = chunk as Buffer;
    if (fault === 'truncate') return cutOff(outgoing, bytes);
    if (fault === 'slow') await sleep(30);
    exchange.responseBytes += bytes.length;
    if (!outgoing.write(bytes)) await new Promise((resolve) => outgoing.once('drain', resolve));
  }
  outgoing.end();
}

function headersFor(
  fault: Fault | undefined,
  answered: IncomingMessage,
): IncomingMessage['headers'] {
  const range = answered.headers['content-range'];
  if (fault !== 'wrong-range' || range == null) return answered.headers;
  return { ...answered.headers, 'content-range': range.replace(/\d+-/, '0-') };
}

async function cutOff(outgoing: ServerResponse, bytes: Buffer): Promise<void> {
  await new Promise((resolve) => {
    outgoing.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), resolve);
  });
  outgoing.socket?.destroy();
}

function answer(
  outgoing: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  outgoing.writeHead(status, headers).end(text);
}

function issueToken(state: State, outgoing: ServerResponse): void {
  const token = `token-${state.tokens.size}-${Math.random().toString(36).slice(2)}`;
  state.tokens.add(token);
  answer(outgoing, 200, JSON.stringify({ token, expires_in: 300 }));
}

function hasToken(state: State, incoming: IncomingMessage): boolean {
  const [, token] = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '') ?? [];
  return token != null && state.tokens.has(token);
}

function demandToken(state: State, outgoing: ServerResponse): void {
  const realm = `http://${state.proxy.host}/token`;
  const challenge = `Bearer realm="${realm}",service="test",scope="ignored"`;
  answer(outgoing, 401, '{"errors":[{"code":"UNAUTHORIZED"}]}', { 'www-authenticate': challenge });
}
