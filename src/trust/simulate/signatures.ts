import { ifThere, isBroken, readAll } from '../../oci/content.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { isIndex, readManifest } from '../../oci/manifest.ts';
import { OCI_MANIFEST } from '../../oci/media-type.ts';
import type { Reader } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import type { Signatures } from '../policy/judge.ts';
import { signatureTag } from '../signature/image.ts';
import { readSignature, SIMPLE_SIGNING } from '../signature/layer.ts';

/** Largest layer that hosts read (containers-image: `iolimits.MaxSignatureBodySize`). */
const LAYER_LIMIT = 4 << 20;

/**
 * The signatures of a manifest as hosts read them: everything under its `sha256-….sig` tag, and
 * nothing when one part of it cannot be had (containers-image: docker/docker_image_src.go).
 */
export async function readAsHost(reader: Reader, digest: Digest): Promise<Signatures> {
  const tag = signatureTag(digest);
  try {
    const found = await ifThere(readManifest(reader, tag));
    if (!found) return { list: [] };
    const { descriptor, manifest } = found;
    if (descriptor.mediaType !== OCI_MANIFEST || isIndex(manifest))
      return { why: `${tag} is of the type ${descriptor.mediaType}, which hosts do not take` };
    const layers = await mapConcurrently(manifest.layers, 4, (layer) => readLayer(reader, layer));
    const signed = layers.filter(({ mediaType }) => mediaType === SIMPLE_SIGNING);
    return { list: signed.map(readSignature) };
  } catch (error) {
    // Hosts fail by what is stored, too.
    const isStored = isBroken(error) || isUnsupported(error);
    if (!isStored) throw error;
    return { why: `${tag} cannot be read: ${error.message}` };
  }
}

function isUnsupported(error: unknown): error is LockstepError {
  return error instanceof LockstepError && error.code === 'unsupported';
}

async function readLayer(reader: Reader, layer: Descriptor) {
  const { mediaType, annotations } = layer;
  const bytes = await readAll(reader.read(layer), LAYER_LIMIT, `layer ${layer.digest}`);
  return { mediaType, bytes, ...(annotations ? { annotations } : {}) };
}
