import type { KeyObject } from 'node:crypto';
import {
  checksumOf,
  SHA256_END,
  SIGNATURE_END,
  signFlist,
} from '../../flist/manifest/signature.ts';
import type { NamedObjects } from '../../flist/store/objects.ts';
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

/** The checksum is written last: while it is another one, the rest is not known to be whole. */
async function put(
  objects: NamedObjects,
  { name, bytes }: { name: string; bytes: Uint8Array },
  { folder, key }: HandOutOptions,
): Promise<boolean> {
  const place = `${folder}/${name}`;
  const line = Buffer.from(checksumOf(digestOf(bytes), name));
  const signature = key && signFlist(bytes, key);
  const there = await objects.get(`${place}${SHA256_END}`);
  const signed =
    signature == null ||
    Buffer.from(signature).equals(
      (await objects.get(`${place}${SIGNATURE_END}`)) ?? Buffer.alloc(0),
    );
  if (there && line.equals(there) && signed) return false;
  if (signature) await objects.put(`${place}${SIGNATURE_END}`, signature);
  await objects.put(place, bytes);
  await objects.put(`${place}${SHA256_END}`, line);
  return true;
}
