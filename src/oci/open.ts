import { resolve } from 'node:path';
import { LockstepError } from '../system/error.ts';
import { openLayout, openLayoutRegistry } from './layout.ts';
import { parseReference, type Reference, requireRepositoryName } from './reference.ts';
import type { Registry, Repository } from './repository.ts';

export interface OpenOptions {
  /** Where credentials are looked for (`REGISTRY_AUTH_FILE`, `HOME`, `GITHUB_TOKEN`, …). */
  env: NodeJS.ProcessEnv;
  /** The folder that relative paths start from. */
  cwd: string;
  /** Ends every request. */
  signal?: AbortSignal;
  /** Speak plain HTTP to hosts that are not this machine (default false). */
  plainHttp?: boolean;
  /** Milliseconds that one operation may take with all its retries (default 10 minutes). */
  deadline?: number;
}

/**
 * Opens the place that repositories are published to: `oci:DIR`, a folder of layouts, or
 * `HOST/OWNER`, a namespace of a registry (`publish.registry` of the config).
 */
export function openRegistry(location: string, options: OpenOptions): Registry {
  if (location.startsWith('oci:')) {
    return openLayoutRegistry(resolve(options.cwd, location.slice(4)));
  }
  const [host, ...owner] = location.replace(/\/+$/, '').split('/');
  return {
    repository(name) {
      const repository = [...owner, requireRepositoryName(name)].join('/');
      return openRepository(parseReference(`${host}/${repository}`), options);
    },
  };
}

/** Opens the repository of a reference; `versionOf(reference)` is what to ask it for. */
export function openRepository(reference: Reference | string, options: OpenOptions): Repository {
  const parsed = typeof reference === 'string' ? parseReference(reference) : reference;
  if (parsed.kind === 'layout') return openLayout(resolve(options.cwd, parsed.path));
  throw new LockstepError('unsupported', `${parsed.kind} references are not supported yet`);
}
