import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';

/**
 * Certificate authorities for one host, where podman and docker look for those of registries
 * (containers-certs.d(5)), and those of `SSL_CERT_FILE`, beside the system's own; undefined when
 * there are none but those. Without a host there is `SSL_CERT_FILE` alone.
 */
export async function authoritiesFor(
  host: string | undefined,
  env: NodeJS.ProcessEnv,
  file?: string,
): Promise<string[] | undefined> {
  const found: string[] = [];
  for (const folder of host == null ? [] : foldersFor(host, env)) {
    for (const name of await namesIn(folder)) {
      if (name.endsWith('.crt')) found.push(await readFile(join(folder, name), 'utf8'));
    }
  }
  const named = file ?? env.SSL_CERT_FILE;
  if (named) found.push(await readNamed(named));
  if (found.length === 0) return undefined;
  const { getCACertificates } = await import('node:tls');
  return [...getCACertificates('default'), ...found];
}

function foldersFor(host: string, env: NodeJS.ProcessEnv): string[] {
  const own = env.XDG_CONFIG_HOME ?? join(env.HOME ?? '/nonexistent', '.config');
  const places = [
    join(own, 'containers/certs.d'),
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ];
  return places.map((place) => join(place, host));
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = await readdir(folder).catch(() => []);
  return names.sort();
}

async function readNamed(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new LockstepError('config', `cannot read the certificates of ${path}`, { cause });
  }
}
