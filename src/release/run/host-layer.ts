import type { TopLayer } from '../../compose/top-layer.ts';
import type { Hosts } from '../inputs/inputs.ts';

const POLICY = 'etc/containers/policy.json';

/** What hosts judge by, added to the policy that an image has without it. */
export async function hostLayer({ keys, ...hosts }: Hosts): Promise<TopLayer> {
  const { hostFiles } = await import('../../trust/hosts/host-files.ts');
  const { readPublicKey } = await import('../../trust/key/public-key.ts');
  const request = { ...hosts, keys: keys.map((pem) => readPublicKey(pem)) };
  return {
    path: POLICY,
    files: (bytes) => hostFiles({ ...request, ...(bytes && { base: { bytes, file: POLICY } }) }),
  };
}
