import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { type Digest, digestOf, isDigest } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';
import { MANIFEST_LIMIT, missing, readAll, tooLarge } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import { parseGoJson } from './go-json.ts';
import {
  DOCKER_INDEX,
  DOCKER_MANIFEST,
  isIndexType,
  isManifestType,
  OCI_INDEX,
  OCI_MANIFEST,
} from './media-type.ts';
import { canReadManifest, type Reader } from './repository.ts';

z.config(en());

const annotations = z.record(z.string(), z.string());

/** A descriptor as others write it: unknown members are kept out, the known ones checked. */
export const descriptorShape = z.object({
  mediaType: z.string().check(z.minLength(1), z.maxLength(255)),
  digest: z.custom<Digest>(
    (value) => typeof value === 'string' && isDigest(value),
    'not a sha256 digest',
  ),
  size: z.int().check(z.nonnegative()),
  annotations: z.optional(annotations),
  artifactType: z.optional(z.string()),
  urls: z.optional(z.array(z.string())),
  platform: z.optional(
    z.object({ os: z.string(), architecture: z.string(), variant: z.optional(z.string()) }),
  ),
});

const common = {
  schemaVersion: z.literal(2),
  mediaType: z.optional(z.string()),
  artifactType: z.optional(z.string()),
  subject: z.optional(descriptorShape),
  annotations: z.optional(annotations),
};
const imageManifest = z.object({
  ...common,
  config: descriptorShape,
  layers: z._default(z.array(descriptorShape), []),
});
const imageIndex = z.object({ ...common, manifests: z._default(z.array(descriptorShape), []) });

/** One image or artifact: a config and layers (OCI image-spec 1.1 manifest.md, Docker schema 2). */
export interface ImageManifest extends ManifestCommon {
  config: Descriptor;
  layers: Descriptor[];
}

/** A list of manifests, one for each platform as a rule (OCI image-index.md, Docker list). */
export interface ImageIndex extends ManifestCommon {
  manifests: Descriptor[];
}

interface ManifestCommon {
  mediaType: string;
  artifactType?: string;
  subject?: Descriptor;
  annotations?: Record<string, string>;
}

export type Manifest = ImageManifest | ImageIndex;

/** A manifest with the very bytes that its digest is of. */
export interface ManifestDocument<M extends Manifest = Manifest> {
  descriptor: Descriptor;
  bytes: Buffer;
  manifest: M;
}

export function isIndex(manifest: Manifest): manifest is ImageIndex {
  return 'manifests' in manifest;
}

/**
 * Reads the bytes of a manifest, OCI or Docker schema 2, image or index. `mediaType` is what
 * the sender called it; the member of the same name wins. Throws `invalid-content`, and
 * `unsupported` for Docker schema 1.
 */
export function parseManifest(bytes: Uint8Array, mediaType?: string): Manifest {
  if (bytes.length > MANIFEST_LIMIT) throw tooLarge('a manifest', MANIFEST_LIMIT);
  const value = parseJson(bytes);
  if (value.schemaVersion === 1) {
    throw new LockstepError('unsupported', 'Docker schema 1 manifests are not supported', {
      hint: 'push the image again with a tool of this decade',
    });
  }
  const isList = isListOf(value, mediaType);
  if (isList && Array.isArray(value.layers)) throw unreadable('it is both an image and an index');
  const result = (isList ? imageIndex : imageManifest).safeParse(value);
  if (!result.success) throw unreadable(z.prettifyError(result.error).replaceAll('\n', ' '));
  return { ...result.data, mediaType: mediaTypeOf(value, isList, mediaType) };
}

/** Descriptors of everything that a manifest is made of; the subject is not part of it. */
export function childrenOf(manifest: Manifest): Descriptor[] {
  return isIndex(manifest) ? manifest.manifests : [manifest.config, ...manifest.layers];
}

/** What an artifact says it is: its own type, or that of its config (image-spec, manifest.md). */
export function artifactTypeOf(manifest: Manifest): string | undefined {
  return manifest.artifactType ?? (isIndex(manifest) ? undefined : manifest.config.mediaType);
}

/** The descriptor that a list of referrers holds for a manifest (distribution-spec 1.1). */
export function referrerOf(document: Omit<ManifestDocument, 'bytes'>): Descriptor {
  const { descriptor, manifest } = document;
  const artifactType = artifactTypeOf(manifest);
  return {
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
    ...(artifactType == null ? {} : { artifactType }),
    ...(manifest.annotations == null ? {} : { annotations: manifest.annotations }),
  };
}

/** The bytes and descriptor of a manifest that we write. */
export function documentOf<M extends Manifest>(manifest: M): ManifestDocument<M> {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, ...manifest }));
  const descriptor = { mediaType: manifest.mediaType, digest: digestOf(bytes), size: bytes.length };
  return { descriptor, bytes, manifest };
}

/** What a tag or a digest names; throws `not-found` when there is nothing. */
export async function requireDescriptor(
  reader: Reader,
  reference: string | Descriptor,
): Promise<Descriptor> {
  if (typeof reference !== 'string') return reference;
  const descriptor = await reader.resolve(reference);
  if (descriptor) return descriptor;
  throw missing(reference, reader.name);
}

/** Reads the manifest that a tag, a digest or a descriptor names; throws `not-found`. */
export async function readManifest(
  reader: Reader,
  reference: string | Descriptor,
): Promise<ManifestDocument> {
  if (typeof reference === 'string' && canReadManifest(reader)) {
    const found = await reader.manifest(reference);
    if (!found) throw missing(reference, reader.name);
    return { ...found, manifest: parseManifest(found.bytes, found.descriptor.mediaType) };
  }
  const descriptor = await requireDescriptor(reader, reference);
  const what = `manifest ${descriptor.digest}`;
  if (descriptor.size > MANIFEST_LIMIT) throw tooLarge(what, MANIFEST_LIMIT);
  const bytes = await readAll(reader.read(descriptor), MANIFEST_LIMIT, what);
  return { descriptor, bytes, manifest: parseManifest(bytes, descriptor.mediaType) };
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value = parseGoJson(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch (cause) {
    throw unreadable('it is not JSON', cause);
  }
  throw unreadable('it is not an object');
}

/** An index that lists nothing may lack its list; then its type tells what it is. */
function isListOf({ manifests, config, mediaType }: Record<string, unknown>, given = ''): boolean {
  const type = typeof mediaType === 'string' ? mediaType : given;
  return Array.isArray(manifests) || (config === undefined && isIndexType(type));
}

function mediaTypeOf(
  value: Record<string, unknown>,
  isList: boolean,
  given: string | undefined,
): string {
  const own = value.mediaType;
  const said = typeof own === 'string' && isManifestType(own) ? own : given;
  if (said === DOCKER_MANIFEST || said === DOCKER_INDEX)
    return isList ? DOCKER_INDEX : DOCKER_MANIFEST;
  return isList ? OCI_INDEX : OCI_MANIFEST;
}

function unreadable(why: string, cause?: unknown): LockstepError {
  return new LockstepError('invalid-content', `not a manifest: ${why.slice(0, 500)}`, { cause });
}
