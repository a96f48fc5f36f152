import { ifThere } from '../../oci/content.ts';
import type { Reader } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { listBundles } from '../bundle/attached.ts';
import { lookasideOf, looksAtAttachments } from '../policy/registries.ts';
import type { Subject } from '../policy/subject.ts';
import { signatureTag } from '../signature/image.ts';
import type { Host } from './host.ts';

/** A signature that a host does not look at. */
export interface Unseen {
  form: 'bundle' | 'simplesigning' | 'lookaside';
  /** Of what holds the signature; of a lookaside server that of the image. */
  digest: Digest;
}

/** The signatures of an image that a host does not look at. */
export async function unseenOf(
  reader: Reader,
  digest: Digest,
  { subject, host }: { subject: Subject; host: Host },
): Promise<Unseen[]> {
  const { registries } = host;
  const attachmentsOff = !looksAtAttachments(registries, subject);
  const simple = attachmentsOff ? await reader.resolve(signatureTag(digest)) : undefined;
  const bundles = (await ifReadable(listBundles(reader, digest))) ?? [];
  return [
    ...(simple ? [{ form: 'simplesigning' as const, digest: simple.digest }] : []),
    ...bundles.map(({ descriptor }) => ({ form: 'bundle' as const, digest: descriptor.digest })),
    ...elsewhere(digest, { subject, host }),
  ];
}

/** What a server of the host may hold, which is not asked here. */
export function elsewhere(
  digest: Digest,
  { subject, host }: { subject: Subject; host: Host },
): Unseen[] {
  return lookasideOf(host.registries, subject) == null ? [] : [{ form: 'lookaside', digest }];
}

/** What is attached can be broken by anybody who may write; a host does not care. */
async function ifReadable<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await ifThere(read);
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'invalid-content') return undefined;
    throw error;
  }
}
