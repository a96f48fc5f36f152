import type { engines } from '../../config/ci/engines.ts';
import { githubServer } from '../../oci/remote/github-server.ts';
import { LockstepError } from '../../system/error.ts';

export type EngineName = (typeof engines)[number];

/** A repository on the server of a CI engine, and how its API is reached. */
export interface EnginePlace {
  engine: EngineName;
  /** Address of the API, without a slash at its end. */
  api: string;
  /** Address of the repository for people. */
  page: string;
  /** `owner/name`; of GitLab the whole path with its groups. */
  repository: string;
  /** The token that the environment has for exactly this server; none for any other. */
  token?: string;
}

/** Where engines say what server they are, what their tokens are called, and where most users are. */
const KINDS = {
  github: { server: 'GITHUB_SERVER_URL', tokens: ['GITHUB_TOKEN', 'GH_TOKEN'] },
  forgejo: { server: 'FORGEJO_SERVER_URL', tokens: ['FORGEJO_TOKEN'] },
  gitlab: { server: 'CI_SERVER_URL', tokens: ['GITLAB_TOKEN'] },
} as const;
const PUBLIC = {
  github: 'https://github.com',
  forgejo: 'https://codeberg.org',
  gitlab: 'https://gitlab.com',
} as const;

/**
 * The place that the address of a git remote stands for. The token of the environment counts when
 * its server (`GITHUB_SERVER_URL`, `FORGEJO_SERVER_URL`, `CI_SERVER_URL`; github.com, codeberg.org
 * and gitlab.com where they are not set) is that of the remote: whoever writes the address of a
 * remote does not get it. Throws `config` for an address that names no repository of a server.
 *
 * @example engineAt('github', 'git@github.com:you/images.git', env).api // 'https://api.github.com'
 */
export function engineAt(engine: EngineName, remote: string, env: NodeJS.ProcessEnv): EnginePlace {
  const { host, origin, path } = partsOf(remote);
  const server = serverOf(engine, env);
  const isOurs = server?.hostname === host;
  const base = isOurs ? server.href.replace(/\/+$/, '') : origin;
  const prefix = isOurs ? server.pathname.replace(/^\/|\/$/g, '') : '';
  const repository = prefix && path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : path;
  const parts = repository.split('/');
  if (parts.length < 2 || (engine !== 'gitlab' && parts.length > 2)) throw noPlace(remote);
  const token = isOurs ? tokenOf(engine, env) : undefined;
  const place = { engine, api: apiOf(engine, base, isOurs ? env : {}), repository };
  return { ...place, page: `${base}/${repository}`, ...(token && { token }) };
}

/** What to set so that a place has a token. */
export function tokenHint({ engine, page }: EnginePlace): string {
  const { server, tokens } = KINDS[engine];
  const { origin } = new URL(page);
  const isPublic = origin === PUBLIC[engine];
  return `set ${tokens[0]} to a token of ${origin}${isPublic ? '' : `, and ${server}=${origin}`}`;
}

function serverOf(engine: EngineName, env: NodeJS.ProcessEnv): URL | undefined {
  const { server } = KINDS[engine];
  // Jobs of Forgejo have GitHub's names for the same things.
  const inJob = engine === 'forgejo' && env.FORGEJO_ACTIONS ? env.GITHUB_SERVER_URL : undefined;
  const address = env[server] || inJob || PUBLIC[engine];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

function tokenOf(engine: EngineName, env: NodeJS.ProcessEnv): string | undefined {
  const inJob = engine === 'forgejo' && env.FORGEJO_ACTIONS ? ['GITHUB_TOKEN'] : [];
  return [...KINDS[engine].tokens, ...inJob].map((name) => env[name]).find(Boolean);
}

function apiOf(engine: EngineName, base: string, env: NodeJS.ProcessEnv): string {
  if (engine === 'forgejo') return `${base}/api/v1`;
  if (engine === 'gitlab') return `${base}/api/v4`;
  const api = githubServer({ ...env, GITHUB_SERVER_URL: base })?.api ?? `${base}/api/v3`;
  return api.replace(/\/+$/, '');
}

/** What the forms that git takes for addresses of servers say. */
function partsOf(remote: string): { host: string; origin: string; path: string } {
  const short = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(remote);
  const url = !short && URL.canParse(remote) ? new URL(remote) : undefined;
  const host = short?.[1] ?? (url && /^(?:https?|ssh|git):$/.test(url.protocol) && url.hostname);
  if (!host) throw noPlace(remote);
  const path = short?.[2] ?? url?.pathname ?? '';
  // The port of SSH is not that of the pages.
  const origin = url?.protocol.startsWith('http') ? url.origin : `https://${host}`;
  return { host, origin, path: path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '') };
}

function noPlace(remote: string): LockstepError {
  return new LockstepError('config', `${remote} names no repository of a server`, {
    hint: 'the remote origin must be the repository whose CI is meant: git remote set-url origin ADDRESS',
  });
}
