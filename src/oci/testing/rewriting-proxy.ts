import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** How the proxy treats lists of tags; whatever it does, all of the list is there. */
export type Lists =
  /** Whole, as they come. */
  | 'whole'
  /** Pages of `size`, each naming the next by its path, by its query alone, or by another host. */
  | 'path'
  | 'query'
  | 'internal'
  /** Pages of `size` whose `Link` headers are dropped. */
  | 'dropped'
  /** The second page is answered with 404. */
  | 'missing'
  /** Only the first page can be had. */
  | 'cut';

export interface RewritingProxy extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  host: string;
  lists: Lists;
  /** Tags of one page (default 2). */
  size: number;
  /** Where GET requests of blobs are redirected to (default nowhere). */
  storage?: string;
  /** A login that the server behind gets in place of the one that came. */
  login?: string;
  /** `METHOD path` and the login of each request. */
  log: { line: string; authorization: string | undefined }[];
}

/** Stands before a registry and does what proxies do to its lists and addresses. */
export async function startRewritingProxy(target: string): Promise<RewritingProxy> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const proxy: RewritingProxy = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    lists: 'whole',
    size: 2,
    log: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  server.on('request', (incoming, outgoing) => {
    handle(proxy, { incoming, outgoing, target }).catch(() => outgoing.destroy());
  });
  return proxy;
}

interface Exchange {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  target: string;
}

async function handle(proxy: RewritingProxy, exchange: Exchange): Promise<void> {
  const { incoming, outgoing, target } = exchange;
  const { method = 'GET', url: path = '/', headers } = incoming;
  proxy.log.push({ line: `${method} ${path}`, authorization: headers.authorization });
  if (proxy.storage && method === 'GET' && path.includes('/blobs/')) {
    return void outgoing.writeHead(307, { location: `http://${proxy.storage}${path}` }).end();
  }
  const login = proxy.login ? { authorization: proxy.login } : {};
  const sent = { ...headers, ...login };
  const behind = request(`http://${target}${path}`, { method, headers: sent });
  const replied = new Promise<IncomingMessage>((resolve, reject) => {
    behind.once('response', resolve).once('error', reject);
  });
  incoming.pipe(behind);
  const answer = await replied;
  const isList = path.includes('/tags/list') && proxy.lists !== 'whole';
  if (isList && answer.statusCode === 200) return answerPage(proxy, exchange, await text(answer));
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  return void answer.pipe(outgoing);
}

/** Gives a page of the whole list, sorted as registries sort. */
function answerPage(proxy: RewritingProxy, { incoming, outgoing }: Exchange, body: string): void {
  const { lists, size } = proxy;
  const url = new URL(incoming.url ?? '/', `http://${proxy.host}`);
  const last = lists === 'cut' ? null : url.searchParams.get('last');
  if (lists === 'missing' && last != null) return void outgoing.writeHead(404).end();
  const { name, tags } = JSON.parse(body) as { name: string; tags: string[] | null };
  const after = (tags ?? []).sort().filter((tag) => last == null || tag > last);
  const page = after.slice(0, size);
  const query = `?n=${size}&last=${page.at(-1)}`;
  const next = NEXT[lists]?.(url.pathname, query);
  if (next && after.length > size) outgoing.setHeader('link', `<${next}>; rel="next"`);
  outgoing.end(JSON.stringify({ name, tags: page }));
}

/** What the registry behind calls its next page. */
const NEXT: Partial<Record<Lists, (path: string, query: string) => string>> = {
  path: (path, query) => `${path}${query}`,
  query: (_, query) => query,
  internal: (path, query) => `http://registry.internal:5000${path}${query}`,
  missing: (path, query) => `${path}${query}`,
};
