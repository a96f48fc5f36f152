import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, digestOf, isDigest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { MANIFEST_LIMIT, mismatch, missing } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import { parseManifest } from '../manifest.ts';
import { isManifestType, MANIFEST_TYPES } from '../media-type.ts';
import type { Client } from './client.ts';
import type { Answer } from './failure.ts';

const accept = MANIFEST_TYPES.join(', ');

/** Asks what a tag or a digest names, by a HEAD where its answer tells enough. */
export async function headManifest(
  client: Client,
  reference: string,
): Promise<Descriptor | undefined> {
  const call = { path: `manifests/${reference}`, headers: { accept }, expect: [200, 404] };
  const { status, headers } = await client.send({ method: 'HEAD', ...call });
  if (status === 404) return undefined;
  const digest = headers['docker-content-digest'];
  const size = Number(headers['content-length'] ?? Number.NaN);
  const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  if (typeof digest === 'string' && isDigest(digest) && size > 0 && isManifestType(mediaType)) {
    requireSame(reference, digest, client.name);
    return { mediaType, digest, size };
  }
  return (await getManifest(client, reference))?.descriptor;
}

/** Reads a manifest with its descriptor; the digest is made from what came. */
export async function getManifest(
  client: Client,
  reference: string,
): Promise<{ descriptor: Descriptor; bytes: Buffer } | undefined> {
  const call = { path: `manifests/${reference}`, headers: { accept }, expect: [200, 404] };
  const answer: Answer = await client.fetch({ method: 'GET', ...call }, MANIFEST_LIMIT);
  if (answer.status === 404) return undefined;
  const { bytes, headers } = answer;
  const digest = digestOf(bytes);
  requireSame(reference, digest, client.name);
  const { mediaType } = parseManifest(bytes, headers['content-type']?.split(';')[0]?.trim());
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}

export interface PutResult {
  /** True when the registry keeps its own list of referrers (`OCI-Subject`). */
  knowsSubject: boolean;
}

/**
 * Milliseconds before a manifest is put again whose parts the registry did not find: distribution
 * 2.8 has none for a moment while somebody else stores the same blob in the same repository.
 */
const PAUSES: readonly number[] = [50, 200, 600];

/** Stores a manifest under its digest or a tag. */
export async function putManifest(
  client: Client,
  reference: string,
  document: { descriptor: Descriptor; bytes: Buffer },
): Promise<PutResult> {
  const { descriptor } = document;
  let answer = await put(client, reference, document);
  for (const pause of PAUSES) {
    if (!lacksPart(answer)) break;
    await sleep(pause);
    answer = await put(client, reference, document);
  }
  if (answer.status >= 400) throw refused(answer, client.name, descriptor.digest);
  const stored = answer.headers['docker-content-digest'];
  if (typeof stored === 'string' && isDigest(stored))
    requireSame(descriptor.digest, stored, client.name);
  return { knowsSubject: answer.headers['oci-subject'] != null };
}

function put(
  client: Client,
  reference: string,
  { descriptor, bytes }: { descriptor: Descriptor; bytes: Buffer },
): Promise<Answer> {
  return client.fetch(
    {
      method: 'PUT',
      path: `manifests/${reference}`,
      headers: { 'content-type': descriptor.mediaType },
      body: bytes,
      expect: [201, 202, 400, 404],
      actions: 'pull,push',
    },
    MANIFEST_LIMIT,
  );
}

/** The error of a registry that lacks a part of what it was to store. */
function refused(answer: Answer, name: string, digest: Digest): LockstepError {
  const { status } = answer;
  if (lacksPart(answer)) return missing(`a part of ${digest}`, name);
  const text = textOf(answer);
  return new LockstepError('registry', `${name} refuses manifest ${digest}: ${text}`, {
    context: { status, digest },
  });
}

function lacksPart(answer: Answer): boolean {
  return answer.status >= 400 && /BLOB_UNKNOWN|MANIFEST_UNKNOWN/.test(textOf(answer));
}

function textOf({ bytes }: Answer): string {
  return bytes.toString('utf8').slice(0, 300);
}

function requireSame(reference: string, digest: Digest, name: string): void {
  if (!isDigest(reference) || reference === digest) return;
  throw mismatch({ mediaType: '', digest: reference, size: 0 }, name, digest);
}
