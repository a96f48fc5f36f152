import { isIndex, readManifest } from '../../../oci/manifest.ts';
import type { Reader } from '../../../oci/repository.ts';
import type { ImageBase } from '../../../stream/image/base.ts';
import type { Digest } from '../../../system/digest.ts';
import type { RunContext } from '../../context/run-context.ts';
import { askedOnce } from '../../context/shared.ts';
import { signersNamed } from '../../context/signers.ts';
import { GateFailure } from '../../record/journal.ts';

/**
 * Who of `trust.base` has signed a base: its image, or the index that lists it. Undefined where
 * nobody needs to. Throws `GateFailure` when nobody has, `config` or `usage` for a key that is not
 * there or none.
 */
export function baseSigners(
  context: RunContext,
  reader: Reader,
  { digest, index }: Pick<ImageBase, 'digest' | 'index'>,
): Promise<string[] | undefined> {
  const base = context.stream.trust?.base;
  if (!base) return Promise.resolve(undefined);
  return askedOnce(context, ['base signers', reader.name, digest, base], async () => {
    const { judgedSignatures } = await import('../../../trust/verify/signatures.ts');
    const { verifyingSigners } = await import('../../../trust/verify/signers.ts');
    const named = await signersNamed('key' in base ? base.key : base, context);
    const verifying = await verifyingSigners(named ?? { keys: [], identities: [] });
    for (const one of await vouchersOf(reader, digest, index)) {
      const judged = await judgedSignatures(reader, one, verifying);
      const signers = judged.filter(({ verified }) => verified).map(({ signer }) => signer);
      if (signers.length > 0) return [...new Set(signers)].sort();
    }
    throw unsigned(`${reader.name}@${digest}`);
  });
}

/** The image, and the index if it really lists it: which one did was not told by whoever signs. */
async function vouchersOf(reader: Reader, digest: Digest, index?: Digest): Promise<Digest[]> {
  if (!index) return [digest];
  const { manifest } = await readManifest(reader, index);
  const lists = isIndex(manifest) && manifest.manifests.some((one) => one.digest === digest);
  return lists ? [digest, index] : [digest];
}

function unsigned(image: string): GateFailure {
  return new GateFailure('signature', [
    {
      rule: 'base-unsigned',
      severity: 'error',
      message: `${image} has no signature by whom trust.base names, nor has the index that lists it`,
      hint: 'look what it is signed with: lockstep trust verify; wait, if it was published just now',
    },
  ]);
}
