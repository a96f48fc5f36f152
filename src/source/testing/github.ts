import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, reply } from '../../oci/testing/scripted-server.ts';

/** One release of a scripted repository. */
export interface ScriptedRelease {
  tag: string;
  draft?: boolean;
  prerelease?: boolean;
  published_at?: string | null;
  /** META at the tag; absent: the tag has none. */
  meta?: string;
  files?: Record<string, Uint8Array | string>;
}

/** A scripted GitHub: its API at one origin, the files of its releases at another. */
export interface ScriptedGithub extends AsyncDisposable {
  /** Address of the repository in the API. */
  repository: string;
  /** `GET PATH` of each request to the API, and of each to the other origin. */
  asked: string[];
  fetched: string[];
  /** `Authorization` of each request, by origin. */
  tokens: { api: (string | undefined)[]; files: (string | undefined)[] };
  /** In the order in which they are listed; may change between requests. */
  releases: ScriptedRelease[];
  /** Instead of what the API would answer, by the start of the path. */
  instead: Map<string, Answer>;
  /** Requests without a token that are still allowed, and the second at which more are. */
  limit: { remaining: number; reset: number };
  pageSize: number;
  /** Origin of the files. */
  files: string;
}

const API = '/repos/openzfs/zfs';

/** Starts the two servers. Whoever asks for what is not there gets 404, as from GitHub. */
export async function startGithub(releases: ScriptedRelease[] = []): Promise<ScriptedGithub> {
  const servers: Server[] = [];
  const start = async (answer: Answer) => {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const github: ScriptedGithub = {
    repository: '',
    asked: [],
    fetched: [],
    tokens: { api: [], files: [] },
    releases,
    instead: new Map(),
    limit: { remaining: 1000, reset: 0 },
    pageSize: 100,
    files: '',
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => {
          server.close(resolve);
        });
      }
    },
  };
  github.files = await start((request, response) => serveFile(github, request, response));
  const api = await start((request, response) => answerApi(github, request, response));
  github.repository = `${api}${API}`;
  return github;
}

/** Text of a META file. */
export function aMeta(version: string, max: string, min = '4.18'): string {
  return `Meta:          1\nName:          zfs\nVersion:       ${version}\nRelease:       1\nLinux-Maximum: ${max}\nLinux-Minimum: ${min}\n`;
}

function answerApi(github: ScriptedGithub, request: IncomingMessage, response: ServerResponse) {
  const path = request.url ?? '';
  github.asked.push(path.replace(API, ''));
  github.tokens.api.push(request.headers.authorization);
  if (!request.headers.authorization && (github.limit.remaining -= 1) < 0) {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${github.limit.reset}` };
    return reply(403, '{"message":"API rate limit exceeded"}', headers)(request, response);
  }
  const instead = [...github.instead].find(([start]) => path.replace(API, '').startsWith(start));
  if (instead) return instead[1](request, response);
  const { pathname, searchParams } = new URL(path, github.repository);
  if (pathname === `${API}/releases`) return listPage(github, searchParams, response);
  const tag = pathname === `${API}/contents/META` ? searchParams.get('ref') : undefined;
  const meta = github.releases.find((one) => one.tag === tag)?.meta;
  return reply(meta ? 200 : 404, meta ?? '{"message":"Not Found"}')(request, response);
}

function listPage(github: ScriptedGithub, query: URLSearchParams, response: ServerResponse) {
  const page = Number(query.get('page') ?? 1);
  const start = (page - 1) * github.pageSize;
  const more = github.releases.length > start + github.pageSize;
  const next = `<${github.repository}/releases?per_page=100&page=${page + 1}>; rel="next"`;
  const list = github.releases.slice(start, start + github.pageSize).map((one) => ({
    tag_name: one.tag,
    draft: one.draft ?? false,
    prerelease: one.prerelease ?? false,
    published_at: one.published_at ?? null,
    body: 'text for people',
    assets: Object.entries(one.files ?? {}).map(([name, content]) => ({
      name,
      size: Buffer.byteLength(content),
      browser_download_url: `${github.files}/download/${one.tag}/${name}`,
    })),
  }));
  response.writeHead(200, more ? { link: next } : {}).end(JSON.stringify(list));
}

/** Files are behind a redirect, as GitHub's are. */
function serveFile(github: ScriptedGithub, request: IncomingMessage, response: ServerResponse) {
  const [, place, tag, name = ''] = (request.url ?? '').split('/');
  github.fetched.push(request.url ?? '');
  github.tokens.files.push(request.headers.authorization);
  const instead = github.instead.get(name);
  if (instead) return instead(request, response);
  if (place === 'download') {
    return reply(302, '', { location: `/storage/${tag}/${name}` })(request, response);
  }
  const content = github.releases.find((one) => one.tag === tag)?.files?.[name];
  return reply(content == null ? 404 : 200, content ?? '')(request, response);
}
