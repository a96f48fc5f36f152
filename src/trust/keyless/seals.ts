import { bundleInLayer } from '../bundle/sealed.ts';
import type { Seals } from '../dsse/seals.ts';
import type { TrustedIdentity } from './identity.ts';
import { verifyingIdentity } from './verifying.ts';

/** What this identity has signed counts. Throws `usage` for a file that is no root of trust. */
export function sealsOf({ rootJson, ...identity }: TrustedIdentity): Pick<Seals, 'open'> {
  const verifying = verifyingIdentity(identity, rootJson);
  return {
    open: (type, layer) => {
      const bundle = bundleInLayer(layer);
      const judged = bundle && verifying.judgeContent(type, bundle);
      return judged?.verified ? judged.content : undefined;
    },
  };
}
