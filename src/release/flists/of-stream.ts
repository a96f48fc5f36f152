import type { KeyObject } from 'node:crypto';
import type { Stream } from '../../config/schema.ts';
import { flistSigningKey } from '../../flist/manifest/signature.ts';
import { connectionFor } from '../../flist/store/connection.ts';
import type { Registry } from '../../oci/repository.ts';
import { readSecret } from '../../system/secret.ts';
import { flistRepository } from '../channel/channel.ts';
import { type FollowedOptions, handOutFollowed } from './followed.ts';
import { flistPlaces } from './places.ts';

/** What work on the flists of a stream takes from the world. */
export interface FlistSurroundings {
  env: NodeJS.ProcessEnv;
  /** Folder of the configuration. */
  project: string;
  signal?: AbortSignal | undefined;
}

/**
 * Where the flists of a stream go, and what signs them; undefined for a stream without. Opens
 * secrets; throws `config`, `usage`.
 */
export async function flistsOfStream(
  { flists }: Pick<Stream, 'flists'>,
  around: FlistSurroundings,
): Promise<FollowedOptions | undefined> {
  if (!flists) return undefined;
  const key = await flistKey(flists.sign, around);
  const places = await flistPlaces(flists, around);
  return { ...connectionFor(around), places, ...(key && { key }) };
}

/** What signs manifests, by the place of its PEM. */
export async function flistKey(
  place: string | undefined,
  { env, project: folder }: FlistSurroundings,
): Promise<KeyObject | undefined> {
  if (place == null) return undefined;
  const key = await readSecret(place, { env, folder, what: 'key that signs flists' });
  return flistSigningKey(key.toString());
}

/** Puts what hosts of a stream follow where machines fetch it; returns the names that were written. */
export async function handOutOf(
  stream: Stream,
  registry: Registry,
  around: FlistSurroundings,
): Promise<string[]> {
  const options = await flistsOfStream(stream, around);
  return options ? handOutFollowed(registry.repository(flistRepository(stream)), options) : [];
}
