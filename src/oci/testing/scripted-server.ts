import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface ScriptedServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  host: string;
  /** `METHOD path` of each request but the first look at `/v2/`. */
  log: string[];
  /** Header fields of each of them. */
  headers: IncomingMessage['headers'][];
}

/**
 * A server that answers what a test tells it to, by the start of `METHOD path`. Whatever it was
 * not told about it answers with 500, and the log shows it.
 */
export async function startScriptedServer(script: Record<string, Answer>): Promise<ScriptedServer> {
  const log: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    response.on('error', () => {});
    const line = `${request.method} ${request.url}`;
    if (line === 'GET /v2/') return void response.end('{}');
    log.push(line);
    headers.push(request.headers);
    const found = Object.entries(script).find(([start]) => line.startsWith(start));
    if (found) found[1](request, response);
    else response.writeHead(500).end('not in the script');
    return undefined;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    headers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Sends bytes for as long as anybody reads them. */
export function endless(status = 200, headers: Record<string, string> = {}): Answer {
  const chunk = Buffer.alloc(1 << 16, ' ');
  return (_, response) => {
    response.writeHead(status, headers);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };
}

/** Answers with a status, a body and header fields. */
export function reply(
  status: number,
  body: string | Uint8Array = '',
  headers: Record<string, string> = {},
): Answer {
  return (_, response) => void response.writeHead(status, headers).end(body);
}
