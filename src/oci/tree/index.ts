import { z } from 'zod';
import type { TarHeader } from '../../file/tar/tar.ts';
import type { OpenImage } from './image.ts';

const PACKAGES = 'dev.lockstep.packages';
const KEY = 'dev.lockstep.key';
/** Images of ours that have an index have a layer to install and one for debugging. */
const MOST_LAYERS = 2;

const shape = z.array(z.object({ path: z.string().min(1), size: z.int().nonnegative() }));

/**
 * The files of a kmods image of ours by its own index: an annotation of the manifest, so that a
 * listing costs nothing but the manifest. Undefined for other images, and for those that were
 * made from one of ours and took its annotations over.
 */
export function ownIndex(image: OpenImage): TarHeader[] | undefined {
  const { annotations = {}, layers } = image.document.manifest;
  const text = annotations[PACKAGES];
  if (text === undefined || annotations[KEY] === undefined || layers.length > MOST_LAYERS) {
    return undefined;
  }
  return shape.safeParse(parseJson(text)).data?.map(headerOf);
}

function headerOf({ path, size }: { path: string; size: number }): TarHeader {
  return { path, type: 'file', mode: 0o644, uid: 0, gid: 0, size, mtime: 0, nanoseconds: 0 };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
