import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A bucket for two users, with its addresses where it listens or behind a proxy. */
export interface TestBucket {
  /** `127.0.0.1:PORT`. */
  host: string;
  /** The address for whoever writes, and for machines. */
  write(host?: string): string;
  read(host?: string): string;
}

/**
 * A bucket on loopback that keeps objects in memory, each whole or not at all, as S3 promises.
 * Whoever has a key may write; see `startRadosgw` for a server that looks at keys.
 */
export async function startBucket(): Promise<TestBucket & AsyncDisposable> {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    void answer(objects, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    write: (at = host) => `s3://user:password@${at}/blobs?region=garage`,
    read: (at = host) => `http://${at}/blobs`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function answer(
  objects: Map<string, Buffer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url: name = '/', headers } = request;
  if (method !== 'GET' && method !== 'HEAD' && headers.authorization == null) {
    request.resume();
    response.writeHead(403).end();
    return;
  }
  if (method === 'PUT') {
    const content = await bodyOf(request);
    if (!content) return;
    objects.set(name, content);
    response.writeHead(200).end();
    return;
  }
  const found = objects.get(name);
  if (method === 'DELETE') objects.delete(name);
  const status = method === 'DELETE' ? 204 : found ? 200 : 404;
  response.writeHead(status, { 'content-length': String(found?.length ?? 0) });
  response.end(method === 'GET' ? found : undefined);
}

/** Undefined for an upload that broke. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  try {
    const content = Buffer.concat((await request.toArray()) as Buffer[]);
    return content.length === Number(request.headers['content-length']) ? content : undefined;
  } catch {
    return undefined;
  }
}
