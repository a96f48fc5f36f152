import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { LockstepError } from '../../system/error.ts';
import { type AnswerParts, answer } from './answer.ts';

export interface ServeOptions extends AnswerParts {
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** Certificate and key, PEM. */
  tls?: { cert: Buffer; key: Buffer } | undefined;
}

export interface Serving extends AsyncDisposable {
  /** Where the document is. */
  url: string;
}

/** Whoever needs longer (ms) for a request line and headers is sent away. */
const HEADERS = 10_000;
/** How often it is looked who needs longer (ms). */
const LOOK = 2_000;
/** Connections without a request are kept this long (ms). */
const IDLE = 5_000;
/** Who does not take a byte for so long (ms) is sent away. */
const STUCK = 60_000;

/** Serves one document. Throws `usage` when the address cannot be had. */
export async function serveDocument(options: ServeOptions): Promise<Serving> {
  const listener: RequestListener = (request, response) => {
    answer(request, response, options).catch(() => response.destroy());
  };
  const limits = {
    headersTimeout: HEADERS,
    requestTimeout: HEADERS,
    connectionsCheckingInterval: LOOK,
    keepAliveTimeout: IDLE,
    maxHeaderSize: 8192,
  };
  const server: Server = options.tls
    ? createTlsServer({ ...options.tls, ...limits }, listener)
    : createServer(limits, listener);
  server.setTimeout(STUCK);
  server.on('clientError', (_, socket) => socket.destroy());
  await listen(server, options);
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  const scheme = options.tls ? 'https' : 'http';
  return {
    url: `${scheme}://${host}:${port}${options.once?.path ?? options.path}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new LockstepError('usage', `${host}:${port} cannot be listened on: ${cause.message}`, {
          cause,
        }),
      ),
    );
    server.listen({ host, port, backlog: 4096 }, resolve);
  });
}
