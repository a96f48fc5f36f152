import { resolve } from 'node:path';
import { openLayout, openLayoutRegistry } from '../layout/layout.ts';
import { openArchive } from '../oci-archive/oci-archive.ts';
import { parseReference, type Reference, requireRepositoryName } from '../reference.ts';
import { openRemote } from '../remote/remote.ts';
import { httpTransport, type Transport } from '../remote/transport.ts';
import { authoritiesFor } from '../remote/trust.ts';
import type { Registry, Repository } from '../repository.ts';

export interface OpenOptions {
  /** Where logins, proxies and certificates are looked for (`REGISTRY_AUTH_FILE`, `HOME`, …). */
  env: NodeJS.ProcessEnv;
  /** The folder that relative paths start from. */
  cwd: string;
  /** Ends every request. */
  signal?: AbortSignal;
  /** Speak plain HTTP to hosts that are not this machine (default false). */
  plainHttp?: boolean;
  /** PEM file of certificate authorities to trust beside the system's (default `SSL_CERT_FILE`). */
  certificateFile?: string;
  /** Milliseconds that one operation may take with all its repetitions (default 30 minutes). */
  deadline?: number;
  /** The clock (default the system's); tells how long tokens last. */
  now?: () => Date;
}

/**
 * Opens the place that repositories are published to: `oci:DIR`, a folder of layouts, or
 * `HOST/OWNER`, a namespace of a registry (`publish.registry` of the config).
 */
export function openRegistry(location: string, options: OpenOptions): Registry {
  if (location.startsWith('oci:')) {
    return openLayoutRegistry(resolve(options.cwd, location.slice('oci:'.length)));
  }
  const [host = '', ...owner] = location.replace(/\/+$/, '').split('/');
  const transport = transportFor(host, options);
  const open = new Map<string, Repository>();
  return {
    repository(name) {
      const path = [host, ...owner, requireRepositoryName(name)].join('/');
      const known = open.get(name) ?? openAt(parseReference(path), options, transport);
      open.set(name, known);
      return known;
    },
  };
}

/** Opens the repository of a reference; `versionOf(reference)` is what to ask it for. */
export function openRepository(reference: Reference | string, options: OpenOptions): Repository {
  return openAt(typeof reference === 'string' ? parseReference(reference) : reference, options);
}

function openAt(reference: Reference, options: OpenOptions, transport?: Transport): Repository {
  if (reference.kind !== 'remote') {
    const path = resolve(options.cwd, reference.path);
    return reference.kind === 'layout' ? openLayout(path) : openArchive(path);
  }
  const { host, repository } = reference;
  return openRemote({
    host,
    repository,
    transport: transport ?? transportFor(host, options),
    env: options.env,
    now: options.now ?? (() => new Date()),
    plainHttp: options.plainHttp ?? false,
    deadline: options.deadline ?? 30 * 60_000,
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

function transportFor(host: string, options: OpenOptions): Transport {
  const { env, certificateFile } = options;
  return httpTransport({ env, authorities: () => authoritiesFor(host, env, certificateFile) });
}
