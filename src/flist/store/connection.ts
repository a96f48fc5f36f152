import { httpTransport } from '../../oci/remote/transport.ts';
import type { StoreConnection } from './request.ts';

/** How stores are reached, through the proxies that an environment names. */
export function connectionFor({
  env,
  signal,
}: {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}): StoreConnection {
  return { transport: httpTransport({ env }), retry: { attempts: 5, ...(signal && { signal }) } };
}
