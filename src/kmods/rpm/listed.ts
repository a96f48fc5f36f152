import { z } from 'zod';
import { parentOf } from '../../file/path.ts';
import type { OpenImage } from '../../oci/tree/image.ts';
import { type Digest, isDigest } from '../../system/digest.ts';
import {
  KMODS_ANNOTATION,
  KMODS_FOLDERS,
  type KmodsFolder,
  type PackageIdentity,
} from '../image/image.ts';

/** One package of an image that holds package files. */
export interface ListedRpm extends PackageIdentity {
  /** In the image. */
  path: string;
  /** Bytes. */
  size: number;
  digest: Digest;
  isSource: boolean;
  /** Where an image of ours has it. */
  place: KmodsFolder;
  /** Why its header cannot be read; name, version and architecture are empty then. */
  problem?: string;
}

const shape = z.array(
  z.object({
    path: z.string().min(1),
    size: z.int().nonnegative(),
    digest: z.string().refine(isDigest),
    name: z.string(),
    version: z.string(),
    architecture: z.string(),
    kernel: z.string().optional(),
  }),
);

/**
 * The packages of a kmods image of ours by its own annotation; undefined for images of others,
 * those made from ours, and those with packages of Debian, which say less there.
 */
export function listedInAnnotation({ document }: OpenImage): ListedRpm[] | undefined {
  const { annotations = {} } = document.manifest;
  const text = annotations[KMODS_ANNOTATION.packages];
  if (text === undefined || annotations[KMODS_ANNOTATION.key] === undefined) return undefined;
  const listed = shape.safeParse(parseJson(text)).data;
  return listed?.map(({ kernel, ...one }) => ({
    ...one,
    ...(kernel === undefined ? {} : { kernel }),
    isSource: one.path.startsWith('src/'),
    place: KMODS_FOLDERS.find((folder) => folder === parentOf(one.path)) ?? '/',
  }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
