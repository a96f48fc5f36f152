import { z } from 'zod';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { readAll } from '../content.ts';
import type { ClientOptions } from './client.ts';
import { withRetries } from './retry.ts';
import type { HttpResponse } from './transport.ts';

const PAGE_SIZE = 100;
const PAGE_COUNT_LIMIT = 500;
const ANSWER_LIMIT = 8 << 20;

const versions = z.array(z.looseObject({ id: z.int(), name: z.string() }));

type Host = Pick<ClientOptions, 'host' | 'repository' | 'env' | 'transport' | 'signal'>;

/**
 * Deletes a manifest by the packages API of GitHub, whose registry has no delete of its own.
 * False when this is not GitHub's registry or there is no token; it is how GitHub names a version
 * of a package that a manifest has (REST API, "Packages").
 */
export async function deletePackageVersion(host: Host, digest: Digest): Promise<boolean> {
  const isGithub = host.host === 'ghcr.io' || host.host.startsWith('containers.');
  if (!isGithub || !host.env.GITHUB_TOKEN) return false;
  const [owner = '', ...name] = host.repository.split('/');
  const package_ = `packages/container/${encodeURIComponent(name.join('/'))}`;
  for (const kind of ['orgs', 'users']) {
    const base = `${kind}/${encodeURIComponent(owner)}/${package_}/versions`;
    const id = await findVersion(host, base, digest);
    if (id == null) continue;
    const response = await ask(host, 'DELETE', `${base}/${id}`);
    response.discard();
    return response.status === 204 || response.status === 404;
  }
  return false;
}

async function findVersion(host: Host, base: string, digest: Digest): Promise<number | undefined> {
  for (let page = 1; page <= PAGE_COUNT_LIMIT; page += 1) {
    const response = await ask(host, 'GET', `${base}?per_page=${PAGE_SIZE}&page=${page}`);
    if (response.status !== 200) {
      response.discard();
      return undefined;
    }
    const text = (await readAll(response.body, ANSWER_LIMIT, base)).toString('utf8');
    const list = versions.parse(JSON.parse(text));
    const found = list.find(({ name }) => name === digest);
    if (found || list.length < PAGE_SIZE) return found?.id;
  }
  return undefined;
}

function ask(host: Host, method: 'GET' | 'DELETE', path: string): Promise<HttpResponse> {
  const { env, transport, signal } = host;
  const url = new URL(`${env.GITHUB_API_URL ?? 'https://api.github.com'}/${path}`);
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${env.GITHUB_TOKEN}`,
    'x-github-api-version': '2022-11-28',
  };
  return withRetries(
    async () => {
      const response = await transport({ method, url, headers, ...(signal ? { signal } : {}) });
      if (response.status !== 429 && response.status < 500) return response;
      response.discard();
      throw new LockstepError('registry', `${url.host} answered ${response.status}`, {
        context: { status: response.status },
      });
    },
    signal ? { signal } : {},
  );
}
