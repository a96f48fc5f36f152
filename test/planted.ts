import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRegistry } from '../src/oci/open/open.ts';
import type { Registry } from '../src/oci/repository.ts';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { type RewritingProxy, startRewritingProxy } from '../src/oci/testing/rewriting-proxy.ts';

/** Texts that only the registry may see, or nobody. */
export const SECRETS = { login: 'planted-password', github: 'planted-github-token' };

/** A registry behind a proxy that rewrites what it can, and the secrets that a user has. */
export interface Planted extends AsyncDisposable {
  /** `HOST/me`, as a configuration names it. */
  location: string;
  proxy: RewritingProxy;
  /** Where blobs are read from: another origin. */
  storage: RewritingProxy;
  /** What the user's environment has. */
  env: Record<string, string>;
  /** The same namespace without the proxy. */
  direct: Registry;
  /** What is wrong with the logins that were sent until now; empty: nothing. */
  leaks(): string[];
}

/** docker-registry that demands a login, behind pages named by another host and blobs elsewhere. */
export async function startPlanted(): Promise<Planted> {
  const login = { username: 'ann', password: SECRETS.login };
  const server = await startDockerRegistry({ login });
  const proxy = await startRewritingProxy(server.host);
  const storage = await startRewritingProxy(server.host);
  const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  proxy.lists = 'internal';
  proxy.storage = storage.host;
  storage.login = `Basic ${auth}`;
  const path = join(server.folder, 'auth.json');
  const entry = { auth };
  await writeFile(path, JSON.stringify({ auths: { [proxy.host]: entry, [server.host]: entry } }));
  const env = { REGISTRY_AUTH_FILE: path, GITHUB_TOKEN: SECRETS.github };
  const allowed = new Set([undefined, `Basic ${auth}`]);
  return {
    location: `${proxy.host}/me`,
    proxy,
    storage,
    env,
    direct: openRegistry(`${server.host}/me`, { env, cwd: '/' }),
    leaks: () => [
      ...proxy.log.filter((one) => !allowed.has(one.authorization)).map(({ line }) => line),
      ...storage.log.filter((one) => one.authorization != null).map(({ line }) => line),
    ],
    async [Symbol.asyncDispose]() {
      for (const one of [proxy, storage, server]) await one[Symbol.asyncDispose]();
    },
  };
}
