import { namesOf } from '../../config/published-names.ts';
import type { RunContext } from '../context/run-context.ts';
import { publicKeys } from '../context/signers.ts';
import type { Inputs } from '../inputs/inputs.ts';

/**
 * Pins what the image tells its hosts to accept, on every channel the images of main; undefined for
 * a stream that tells them nothing. Throws `config` or `usage` for a key that is not there or none.
 */
export async function followHosts(
  context: Pick<RunContext, 'stream' | 'main' | 'env' | 'project'>,
): Promise<Inputs['hosts']> {
  const { stream, main } = context;
  const { trust } = stream;
  if (!trust?.hosts) return undefined;
  const keys = (await publicKeys(trust.public, context)) ?? [];
  const publish = { ...stream.publish, image: main.image };
  return {
    name: stream.name,
    scopes: namesOf({ publish, trust }, main.image),
    keys: [...new Set(keys.map(({ pem }) => pem))],
    enforce: trust.hosts === 'enforce',
  };
}
