import type { KeyObject } from 'node:crypto';
import {
  checksumOf,
  SHA256_END,
  SIGNATURE_END,
  signFlist,
} from '../../flist/manifest/signature.ts';
import type { NamedObjects } from '../../flist/store/objects.ts';
import { ARTIFACT_LAYER_LIMIT } from '../../oci/artifact.ts';
import { digestOf } from '../../system/digest.ts';
import { type FlistContent, flistNames } from './names.ts';

/** A manifest that machines are to find, and under which names. */
export interface HandedOut {
  content: FlistContent;
  bytes: Uint8Array;
}

export interface HandOutOptions {
  /** Folder of the store. */
  folder: string;
  /** Signs each manifest, when there is one. */
  key?: KeyObject;
}

/**
 * Puts manifests into a store for machines to fetch, each under its own name, then under the one
 * that moves; beside each its checksum and signature, which come before it. What is there already
 * is left. Returns the names that were written.
 */
export async function handOut(
  flists: readonly HandedOut[],
  objects: NamedObjects,
  options: HandOutOptions,
): Promise<string[]> {
  const written: string[] = [];
  for (const which of ['own', 'latest'] as const) {
    for (const { content, bytes } of flists) {
      const name = `${flistNames(content)[which]}.fl`;
      if (await put(objects, { name, bytes }, options)) written.push(name);
    }
  }
  return written;
}

/**
 * The checksum is written last: while it is another one, the rest is not known to be whole. It may be
 * right and the rest not where two have written at a time.
 */
async function put(
  objects: NamedObjects,
  { name, bytes }: { name: string; bytes: Uint8Array },
  { folder, key }: HandOutOptions,
): Promise<boolean> {
  const place = `${folder}/${name}`;
  const line = Buffer.from(checksumOf(digestOf(bytes), name));
  const signature = key && signFlist(bytes, key);
  const isThere = async (end: string, content: Uint8Array) => {
    const found = await objects.get(`${place}${end}`, ARTIFACT_LAYER_LIMIT);
    return found != null && Buffer.compare(found, content) === 0;
  };
  const whole =
    (await isThere(SHA256_END, line)) &&
    (!signature || (await isThere(SIGNATURE_END, signature))) &&
    (await isThere('', bytes));
  if (whole) return false;
  if (signature) await objects.put(`${place}${SIGNATURE_END}`, signature);
  await objects.put(place, bytes);
  await objects.put(`${place}${SHA256_END}`, line);
  return true;
}
