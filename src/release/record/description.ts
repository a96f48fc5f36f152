import { z } from 'zod';
import { tryArtifact, writeArtifact } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import type { ImageDescription } from '../../trust/image-description.ts';
import type { ImageContents } from '../../trust/sbom/contents.ts';

/** As artifact and as content of envelopes. */
export const DESCRIPTION_TYPE = 'application/vnd.lockstep.description.v1+json';

/** What is listed in it is as it was written: only what a key that counts has signed is read. */
const Stored = z.object({
  schema_version: z.literal(1),
  subject: z.string(),
  created: z.string().optional(),
  host: z.record(z.string(), z.base64()),
  contents: z.object({
    os: z.object({ id: z.string(), version: z.string() }).optional(),
    packages: z.array(z.unknown()),
    modules: z.array(z.unknown()),
  }),
});

/**
 * Attaches to an image what promotions have to know of it, signed, so that they need not read its
 * layers. Does nothing where nobody has the key: unsigned it would count for nobody.
 */
export async function recordDescription(
  repository: Repository,
  subject: Descriptor,
  { description, seals }: { description: ImageDescription; seals: Seals },
): Promise<void> {
  const layer = await seals.seal?.(DESCRIPTION_TYPE, bytesOf(subject.digest, description));
  if (!layer) return;
  await writeArtifact(repository, { artifactType: DESCRIPTION_TYPE, subject, layers: [layer] });
}

/** The description of an image that somebody who counts has signed; undefined when there is none. */
export async function readDescription(
  repository: Reader,
  subject: Digest,
  seals: Seals,
): Promise<ImageDescription | undefined> {
  for (const referrer of await repository.referrers(subject, DESCRIPTION_TYPE)) {
    const layer = (await tryArtifact(repository, referrer))?.layers[0];
    const bytes = layer && seals.open(DESCRIPTION_TYPE, layer);
    const stored = bytes && Stored.safeParse(JSON.parse(Buffer.from(bytes).toString())).data;
    if (stored?.subject === subject) return descriptionOf(stored);
  }
  return undefined;
}

function bytesOf(subject: Digest, { created, host, contents }: ImageDescription): Buffer {
  const files = [...host].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')]);
  const stored = {
    schema_version: 1,
    subject,
    created,
    host: Object.fromEntries(files),
    contents,
  } satisfies z.input<typeof Stored>;
  return Buffer.from(JSON.stringify(stored));
}

function descriptionOf({ created, host, contents }: z.infer<typeof Stored>): ImageDescription {
  const files = Object.entries(host).map(
    ([path, text]) => [path, Buffer.from(text, 'base64')] as const,
  );
  return { created, host: new Map(files), contents: contents as ImageContents };
}
