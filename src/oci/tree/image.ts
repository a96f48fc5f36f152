import { z } from 'zod';
import { LockstepError } from '../../system/error.ts';
import { readAll, tooLarge } from '../content.ts';
import type { Descriptor, Platform } from '../descriptor.ts';
import { parseGoJson } from '../go-json.ts';
import {
  type ImageIndex,
  type ImageManifest,
  isIndex,
  type ManifestDocument,
  readManifest,
} from '../manifest.ts';
import { imageFor, platformText } from '../platform.ts';
import type { Reader } from '../repository.ts';

/** Largest image config that is read: bytes. */
const CONFIG_LIMIT = 16 << 20;
/** How deep indexes may list indexes. */
const DEPTH = 4;

const text = z.string().optional().catch(undefined);
const texts = z.record(z.string(), z.string()).optional().catch(undefined);
const shape = z.object({
  architecture: text,
  os: text,
  created: text,
  config: z.object({ Labels: texts.nullable() }).optional().nullable().catch(undefined),
  history: z
    .array(
      z.object({
        created_by: text,
        comment: text,
        author: text,
        empty_layer: z.boolean().optional().catch(undefined),
      }),
    )
    .optional()
    .nullable()
    .catch(undefined),
});

/** What is read of an image's config (OCI image-spec 1.1, config.md); the rest is left alone. */
export interface ImageConfig {
  architecture?: string;
  os?: string;
  created?: string;
  labels: Record<string, string>;
  history: { createdBy?: string; comment?: string; author?: string; empty?: boolean }[];
}

/** One image of one platform, with the index that it was found through. */
export interface OpenImage {
  /** How messages name it: repository and what was asked for. */
  name: string;
  reader: Reader;
  /** The tag that was asked for; undefined for a digest. */
  tag?: string;
  document: ManifestDocument<ImageManifest>;
  config: ImageConfig;
  index?: ManifestDocument<ImageIndex>;
}

export interface OpenImageOptions {
  /** Which image of an index (default linux/amd64; an index with one image needs none). */
  platform?: Platform;
}

/**
 * Opens the image that a tag, a digest or a descriptor names; of an index the image for the
 * platform. Throws `not-found` when there is none, and `invalid-content`.
 */
export async function openImage(
  reader: Reader,
  reference: string | Descriptor,
  options: OpenImageOptions = {},
): Promise<OpenImage> {
  const asked = typeof reference === 'string' ? reference : reference.digest;
  const name = `${reader.name}${asked.startsWith('sha256:') ? '@' : ':'}${asked}`;
  const platform = options.platform ?? { os: 'linux', architecture: 'amd64' };
  let document = await readManifest(reader, reference);
  let index: ManifestDocument<ImageIndex> | undefined;
  for (let depth = 0; isIndex(document.manifest); depth++) {
    if (depth === DEPTH) throw invalid(`${name}: indexes within indexes, more than ${DEPTH} deep`);
    index ??= document as ManifestDocument<ImageIndex>;
    document = await readManifest(reader, choose(document.manifest, platform, name));
  }
  const image = document as ManifestDocument<ImageManifest>;
  const config = await readConfig(reader, image.manifest.config);
  const tag = asked.startsWith('sha256:') ? {} : { tag: asked };
  return { name, reader, ...tag, document: image, config, ...(index ? { index } : {}) };
}

/** The images that an index lists, without the attestations that builders put beside them. */
export function imagesOf(index: ImageIndex): Descriptor[] {
  return index.manifests.filter(
    ({ platform, annotations }) =>
      platform?.os !== 'unknown' && !annotations?.['vnd.docker.reference.type'],
  );
}

function choose(index: ImageIndex, platform: Platform, name: string): Descriptor {
  const images = imagesOf(index);
  const [first] = images;
  if (first && images.length === 1) return first;
  const fits = imageFor(images, platform);
  if (fits) return fits;
  const platforms = images.map(({ platform: has }) => (has ? platformText(has) : 'any platform'));
  throw new LockstepError('not-found', `${name} has no image for ${platformText(platform)}`, {
    hint: `it has ${platforms.join(', ') || 'no images'}`,
  });
}

async function readConfig(reader: Reader, descriptor: Descriptor): Promise<ImageConfig> {
  if (descriptor.size > CONFIG_LIMIT) throw tooLarge(`config ${descriptor.digest}`, CONFIG_LIMIT);
  const bytes = await readAll(reader.read(descriptor), CONFIG_LIMIT, descriptor.digest);
  const parsed = shape.safeParse(parseJson(bytes)).data;
  return {
    ...(parsed?.architecture ? { architecture: parsed.architecture } : {}),
    ...(parsed?.os ? { os: parsed.os } : {}),
    ...(parsed?.created ? { created: parsed.created } : {}),
    labels: parsed?.config?.Labels ?? {},
    history: (parsed?.history ?? []).map(({ created_by, comment, author, empty_layer }) => ({
      ...(empty_layer ? { empty: true } : {}),
      ...(created_by ? { createdBy: created_by } : {}),
      ...(comment ? { comment } : {}),
      ...(author ? { author } : {}),
    })),
  };
}

/** Artifacts have configs that are no JSON; such a config says nothing. */
function parseJson(bytes: Buffer): unknown {
  try {
    return parseGoJson(bytes.toString());
  } catch {
    return undefined;
  }
}

function invalid(message: string): LockstepError {
  return new LockstepError('invalid-content', message);
}
