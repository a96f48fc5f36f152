import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { LockstepError } from '../../system/error.ts';
import { run } from '../../system/process.ts';
import { findProgram } from '../../system/program.ts';
import { parseGoJson } from '../go-json.ts';
import { githubServer } from './github-server.ts';

/** What proves who we are to a registry. */
export interface Credentials {
  username: string;
  password: string;
  /** A refresh token (`identitytoken`), used in place of the password. */
  identityToken?: string;
  /** Hosts that may learn of it (default: the registry, and the token server that it names). */
  mayGoTo?: (host: string) => boolean;
}

const entry = z.looseObject({
  auth: z.optional(z.string()),
  username: z.optional(z.string()),
  password: z.optional(z.string()),
  identitytoken: z.optional(z.string()),
});

const authFile = z.looseObject({
  auths: z._default(z.record(z.string(), entry), {}),
  credHelpers: z._default(z.record(z.string(), z.string()), {}),
  credsStore: z.optional(z.string()),
});
type AuthFile = z.infer<typeof authFile>;

/**
 * Finds the credentials for a repository, undefined for anonymous access. Looks where podman,
 * skopeo and docker look (containers-auth.json(5)), the longest matching entry first; after them
 * `GITHUB_TOKEN`, for the registry of its own server and no other.
 */
export async function findCredentials(
  host: string,
  repository: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  for (const path of authFilePaths(env)) {
    const file = await readAuthFile(path);
    const found = file && (await fromFile(file, { host, repository, env }));
    if (found) return found;
  }
  return fromGithub(host, env);
}

/** Files with logins, the one that decides first. */
export function authFilePaths(env: NodeJS.ProcessEnv): string[] {
  if (env.REGISTRY_AUTH_FILE) return [env.REGISTRY_AUTH_FILE];
  const home = env.HOME ?? '/nonexistent';
  const docker = env.DOCKER_CONFIG ?? join(home, '.docker');
  return [
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'containers/auth.json')] : []),
    join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'containers/auth.json'),
    join(docker, 'config.json'),
  ];
}

/** Keys under which a file may hold a login for a repository, the most exact first. */
export function keysFor(host: string, repository: string): string[] {
  const parts = repository.split('/');
  const paths = parts.map(
    (_, index) => `${host}/${parts.slice(0, parts.length - index).join('/')}`,
  );
  const docker = ['https://index.docker.io/v1/', 'index.docker.io', 'registry-1.docker.io'];
  const legacy = [`https://${host}`, `https://${host}/v1/`, `https://${host}/v2/`];
  return [...paths, host, ...legacy, ...(host === 'docker.io' ? docker : [])];
}

async function fromFile(
  file: AuthFile,
  wanted: { host: string; repository: string; env: NodeJS.ProcessEnv },
): Promise<Credentials | undefined> {
  const keys = keysFor(wanted.host, wanted.repository);
  const helped = keys.find((key) => Object.hasOwn(file.credHelpers, key));
  const helper = helped == null ? undefined : file.credHelpers[helped];
  if (helped != null && helper != null) return askHelper(helper, helped, wanted.env);
  for (const key of keys) {
    const found = Object.hasOwn(file.auths, key) ? decode(file.auths[key] ?? {}) : undefined;
    if (found) return found;
  }
  const isKnown = keys.some((key) => Object.hasOwn(file.auths, key));
  if (!file.credsStore || !isKnown) return undefined;
  const store = keys.find((key) => Object.hasOwn(file.auths, key)) ?? wanted.host;
  return askHelper(file.credsStore, store, wanted.env);
}

function decode(from: z.infer<typeof entry>): Credentials | undefined {
  const identityToken = from.identitytoken;
  const token = identityToken ? { identityToken } : {};
  if (from.auth) {
    const text = Buffer.from(from.auth, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = text.indexOf(':');
    if (colon < 0) return undefined;
    return { username: text.slice(0, colon), password: text.slice(colon + 1), ...token };
  }
  if (from.username == null && !identityToken) return undefined;
  return { username: from.username ?? '', password: from.password ?? '', ...token };
}

/** Asks a `docker-credential-…` program (docker/docker-credential-helpers, "get"). */
async function askHelper(
  name: string,
  server: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const program = findProgram(`docker-credential-${name.replace(/[^\w.-]/g, '')}`, env);
  if (!program) {
    throw new LockstepError('program-missing', `docker-credential-${name} is not installed`, {
      hint: 'install it, or take it out of the login file',
    });
  }
  const { status, stdout } = await run(program, ['get'], { env, stdin: server, timeout: 30_000 });
  if (status !== 0) return undefined;
  const answer = helperAnswer.safeParse(parseJson(stdout)).data;
  if (!answer) throw new LockstepError('program-failed', `${program} answered no credentials`);
  if (answer.Username !== '<token>') return { username: answer.Username, password: answer.Secret };
  return { username: '', password: '', identityToken: answer.Secret };
}

const helperAnswer = z.looseObject({ Username: z.string(), Secret: z.string() });

function fromGithub(host: string, env: NodeJS.ProcessEnv): Credentials | undefined {
  const server = githubServer(env);
  if (!env.GITHUB_TOKEN || host !== server?.registry) return undefined;
  const username = env.GITHUB_ACTOR ?? 'x-access-token';
  return { username, password: env.GITHUB_TOKEN, mayGoTo: server.owns };
}

async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text == null) return undefined;
  const parsed = authFile.safeParse(text.trim() === '' ? {} : parseJson(text));
  if (parsed.success) return parsed.data;
  throw new LockstepError('config', `${path} is not a file of registry logins`, {
    context: { path },
    hint: 'log in again: skopeo login REGISTRY',
  });
}

function parseJson(text: string): unknown {
  try {
    return parseGoJson(text);
  } catch {
    return undefined;
  }
}
