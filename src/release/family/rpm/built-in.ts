import { z } from 'zod';
import { readArtifact, writeArtifact } from '../../../oci/artifact.ts';
import type { Descriptor } from '../../../oci/descriptor.ts';
import type { Reader, Repository } from '../../../oci/repository.ts';
import type { Digest } from '../../../system/digest.ts';
import { LockstepError } from '../../../system/error.ts';
import { RpmBuilder } from '../../inputs/inputs.ts';

/** Artifact type of what a kmods image was built in (docs/artifacts.md). */
export const BUILT_IN_TYPE = 'application/vnd.lockstep.builder.v1+json';

const BuiltIn = z.object({
  builder: RpmBuilder,
  /** What was asked for beside what the image of the builder brings. */
  wanted: z.array(z.string()),
});

/** The builder of a kmods image: the image, the packages on top, and what they were chosen for. */
export type BuiltIn = z.infer<typeof BuiltIn>;

/** Attaches to a kmods image what it was built in; once, however often it is said. */
export async function recordBuiltIn(
  repository: Repository,
  kmods: Descriptor,
  builtIn: BuiltIn,
): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(builtIn));
  await writeArtifact(repository, {
    artifactType: BUILT_IN_TYPE,
    subject: kmods,
    layers: [{ mediaType: BUILT_IN_TYPE, bytes }],
  });
}

/** What a kmods image was built in, by all that was attached to it; what cannot be read is left out. */
export async function readBuiltIn(repository: Reader, kmods: Digest): Promise<BuiltIn[]> {
  const referrers = await repository.referrers(kmods, BUILT_IN_TYPE);
  const found = await Promise.all(referrers.map((one) => readOne(repository, one)));
  return found.filter((one) => one !== undefined);
}

async function readOne(repository: Reader, referrer: Descriptor): Promise<BuiltIn | undefined> {
  try {
    const { layers } = await readArtifact(repository, referrer);
    return BuiltIn.safeParse(JSON.parse(Buffer.from(layers[0]?.bytes ?? []).toString('utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError || isUnreadable(error)) return undefined;
    throw error;
  }
}

function isUnreadable(error: unknown): boolean {
  return error instanceof LockstepError && ['invalid-content', 'not-found'].includes(error.code);
}
