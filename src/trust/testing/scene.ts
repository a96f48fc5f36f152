import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactLayer } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { OCI_CONFIG, OCI_MANIFEST } from '../../oci/media-type.ts';
import type { Registry, Repository } from '../../oci/repository.ts';
import { putBlob, putImage, putManifest } from '../../oci/testing/image.ts';
import { type Signer, signerOf } from '../key/signer.ts';
import { claimBytes } from '../signature/claim.ts';
import { signatureTag } from '../signature/image.ts';
import {
  CERTIFICATE_ANNOTATION,
  CHAIN_ANNOTATION,
  LOG_ENTRY_ANNOTATION,
  layerOf,
  signClaim,
} from '../signature/layer.ts';
import type { Issued } from './authority.ts';
import { logEntry } from './log.ts';
import { putTwoPlatforms } from './signed-image.ts';

/** The signers of a scene, and a file with the public key of each. */
export async function sceneKeys(folder: string) {
  const signers = {
    ours: ofKind('ec', { namedCurve: 'prime256v1' }),
    old: ofKind('ec', { namedCurve: 'prime256v1' }),
    rsa: ofKind('rsa', { modulusLength: 2048 }),
    p384: ofKind('ec', { namedCurve: 'secp384r1' }),
    p521: ofKind('ec', { namedCurve: 'secp521r1' }),
    ed25519: ofKind('ed25519', {}),
    log: ofKind('ec', { namedCurve: 'prime256v1' }),
  };
  const paths = {} as Record<keyof typeof signers, string>;
  for (const [name, signer] of Object.entries(signers) as [keyof typeof signers, Signer][]) {
    paths[name] = join(folder, `${name}.pub`);
    await writeFile(paths[name], signer.publicKey.pem);
  }
  return { signers, paths };
}

export type Keys = Awaited<ReturnType<typeof sceneKeys>>;

function ofKind(kind: 'ec' | 'rsa' | 'ed25519', options: object): Signer {
  const make = generateKeyPairSync as (
    kind: string,
    options: object,
  ) => { privateKey: Parameters<typeof signerOf>[0] };
  return signerOf(make(kind, options).privateKey);
}

/** Publishes images with signatures of every sort. */
export function sceneImages(registry: Registry, host: string, { signers }: Keys) {
  const nameOf = (repository: string) => `${host}/${repository}`;

  async function publish(
    repository: string,
    layersFor: (image: Descriptor, name: string) => readonly ArtifactLayer[],
  ): Promise<Descriptor> {
    const to = registry.repository(repository);
    const layers = [Buffer.alloc(1024)];
    const image = await putImage(to, { layers, labels: { seed: repository }, tag: 'v1' });
    const signatures = layersFor(image, nameOf(repository));
    if (signatures.length > 0) await putSignatures(to, image, signatures);
    return image;
  }

  /** An image whose claim is signed for these names. */
  function signed(
    repository: string,
    signer: Signer = signers.ours,
    names: (own: string) => readonly string[] = (own) => [own],
  ): Promise<Descriptor> {
    return publish(repository, ({ digest }, own) =>
      names(own).map((identity) => signClaim({ digest, identity }, signer)),
    );
  }

  /** An index of two platforms, of which these are signed. */
  async function index(repository: string, what: 'index' | 'images' | 'all' | 'amd64') {
    const to = registry.repository(repository);
    const { index: whole, images } = await putTwoPlatforms(to, repository);
    const chosen = { index: [whole], images, all: [whole, ...images], amd64: [images[0]] }[what];
    for (const one of chosen) {
      const claim = { digest: one.digest, identity: nameOf(repository) };
      await putSignatures(to, one, [signClaim(claim, signers.ours)]);
    }
    return { index: whole, images };
  }

  return { publish, signed, index, nameOf };
}

/** Layers just as they are, good or bad, under the tag where hosts look. */
export async function putSignatures(
  to: Repository,
  { digest }: Pick<Descriptor, 'digest'>,
  layers: readonly ArtifactLayer[],
): Promise<void> {
  const stored: Descriptor[] = [];
  for (const { mediaType, bytes, annotations } of layers) {
    const descriptor = await putBlob(to, mediaType, bytes);
    stored.push({ ...descriptor, ...(annotations ? { annotations } : {}) });
  }
  const config = await putBlob(to, OCI_CONFIG, '{}');
  await putManifest(to, { mediaType: OCI_MANIFEST, config, layers: stored }, signatureTag(digest));
}

export interface KeylessParts {
  leaf: Issued;
  /** The certificates behind it, the last one the root. */
  chain?: readonly Issued[];
  log?: Signer;
  at?: Date;
}

/** A claim signed with a certificate, and what came with it. */
export function keylessLayer(
  claim: { digest: Descriptor['digest']; identity: string },
  { leaf, chain, log, at = new Date() }: KeylessParts,
): ArtifactLayer {
  const payload = claimBytes(claim);
  const signature = leaf.signer.sign(payload);
  return layerOf(payload, signature, {
    [CERTIFICATE_ANNOTATION]: leaf.pem,
    ...(chain ? { [CHAIN_ANNOTATION]: chain.map(({ pem }) => pem).join('') } : {}),
    ...(log
      ? { [LOG_ENTRY_ANNOTATION]: logEntry(log, { payload, signature, pem: leaf.pem }, at) }
      : {}),
  });
}

/** A claim signed with a key, with the word of a log. */
export function loggedLayer(
  claim: { digest: Descriptor['digest']; identity: string },
  { signer, log }: { signer: Signer; log: Signer },
): ArtifactLayer {
  const payload = claimBytes(claim);
  const signature = signer.sign(payload);
  const { pem } = signer.publicKey;
  const entry = logEntry(log, { payload, signature, pem }, new Date());
  return layerOf(payload, signature, { [LOG_ENTRY_ANNOTATION]: entry });
}
