import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServedBytes } from './document.ts';
import type { OncePath } from './once.ts';

/** The media type of Ignition documents. */
const MEDIA_TYPE = 'application/vnd.coreos.ignition+json';

export interface AnswerParts {
  /** The path of the document; nothing else is there. */
  path: string;
  once?: OncePath | undefined;
  current: () => Promise<ServedBytes | undefined>;
}

/** Answers one request. A document is sent whole and as it was built, or not at all. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: AnswerParts,
): Promise<void> {
  // Nothing is taken from a request but its path.
  request.resume();
  const { once } = parts;
  once?.goesOn(request.socket);
  if (request.url !== (once?.path ?? parts.path)) return refuse(response, 404);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(response, 405, { allow: 'GET, HEAD' });
  const bytes = await parts.current();
  if (!bytes) return refuse(response, 503, { 'retry-after': '1' });
  const state = once?.state() ?? 'open';
  if (state === 'done' || state === 'expired') return refuse(response, 410);
  // Ignition asks again after a 503.
  if (state === 'sending') return refuse(response, 503, { 'retry-after': '1' });
  send(request, response, { bytes, once });
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, once }: { bytes: ServedBytes; once?: OncePath | undefined },
): void {
  response.setHeader('etag', bytes.etag);
  response.setHeader('cache-control', once ? 'no-store' : 'no-cache');
  response.setHeader('x-content-type-options', 'nosniff');
  if (!once && matches(request.headers['if-none-match'], bytes.etag)) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'content-type': MEDIA_TYPE, 'content-length': bytes.body.length });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  once?.follow(response, request.socket);
  response.end(bytes.body);
}

function matches(header: string | undefined, etag: string): boolean {
  if (header == null) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}

function refuse(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-length': 0, ...headers }).end();
}
