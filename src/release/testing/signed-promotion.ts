import { createPrivateKey } from 'node:crypto';
import { SingleConfig, type Stream } from '../../config/schema.ts';
import type { Registry } from '../../oci/repository.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import { sealsBy } from '../../trust/dsse/seals.ts';
import { hostFiles } from '../../trust/hosts/host-files.ts';
import { readPublicKey } from '../../trust/key/public-key.ts';
import { type Signer, signerOf } from '../../trust/key/signer.ts';
import type { Trust } from '../context/trust.ts';
import { promoteArtifacts } from '../promotion/promote.ts';
import { hostSignatures } from '../promotion/signatures.ts';

/** What a worker promotes with signatures: an image whose policy knows one public key. */
export interface SignedPromotion {
  location: string;
  id: string;
  /** Private key, PEM. */
  key: string;
  /** The public key that hosts with this image know, PEM. */
  known: string;
}

const now = () => new Date();

/** The stream whose promotions are signed. */
export function signedStream(location: string): Stream {
  return SingleConfig.parse({
    version: 1,
    name: 'signed',
    base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
    modules: [{ name: 'zfs', debian: 'zfs-linux' }],
    publish: { registry: location, image: 'image', kmods: 'kmods', stable: ['latest', 'main-12'] },
    trust: { key: 'env:KEY' },
  });
}

/** What signs by a private key. */
export function trustBy(key: string): Trust & { signer: Signer } {
  const signer = signerOf(createPrivateKey(key));
  const seals = sealsBy([signer.publicKey], signer);
  const signers = { keys: [signer.publicKey], identities: [] };
  return { signer, signers, verdicts: seals, records: seals };
}

/** Makes an image and kmods, and promotes them; throws what stands against it. */
export async function promoteSigned(
  registry: Registry,
  { location, id, key, known }: SignedPromotion,
): Promise<void> {
  const stream = signedStream(location);
  const trust = trustBy(key);
  const files = hostFiles({
    name: 'signed',
    scopes: [`${location}/image`],
    keys: [readPublicKey(known)],
    enforce: true,
  });
  const policy = Object.fromEntries(files.map(({ path, text }) => [path, text]));
  const image = await putLayers(registry.repository('image'), [
    gzipLayer({ 'etc/seed': id, ...policy }),
  ]);
  const kmods = await putLayers(registry.repository('kmods'), [gzipLayer({ seed: id })]);
  const audit = [`stable-${id}-${image.digest.slice(7, 14)}`];
  const artifacts = [
    { repository: 'kmods', digest: kmods.digest, audit, moving: ['main'] },
    { repository: 'image', digest: image.digest, audit, moving: ['latest', 'main-12'] },
  ];
  const signatures = await hostSignatures(stream, { registry, trust, now });
  const options = { registry, signatures, seals: trust.records, now, patience: 60_000 };
  await promoteArtifacts({ id, artifacts }, { ...options, mayPromote: async () => [] });
}
