import { z } from 'zod';
import { type ArtifactLayer, readArtifact, writeArtifact } from '../../oci/artifact.ts';
import { ifThere } from '../../oci/content.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Repository } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import { LockstepError } from '../../system/error.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { Owner } from './owner.ts';
import { PromotionPlan } from './plan.ts';

export const INTENT_TYPE = 'application/vnd.lockstep.intent.v1+json';

/** Annotation of a mark, which says that the work of an intent has ended. */
const MARK = 'dev.lockstep.intent';
const ENDED = 'none';

/** Intents that are looked at together: on registries that remove nothing there are many. */
const CONCURRENCY = 8;

/**
 * Tags of intents; there only while somebody is at work, or after he died of it. Registries that
 * remove nothing keep them, pointing at a mark.
 */
export const INTENT_TAG = /^intent-[a-z0-9-]+$/;

/** What a process is about to do to the tags of a repository. */
export const Intent = z.object({
  schema_version: z.literal(1),
  /** Unique; the smaller one goes first when two want to work at a time. */
  id: z.string(),
  work: z.enum(['promotion', 'cleanup']),
  owner: Owner,
  /** ISO 8601; after this the owner touches nothing any more. */
  expires: z.string(),
  plan: PromotionPlan.optional(),
});
export type Intent = z.infer<typeof Intent>;

/** An intent that stands in a repository. */
export interface StandingIntent {
  intent: Intent;
  descriptor: Descriptor;
  layers: readonly ArtifactLayer[];
}

export function intentTag(id: string): string {
  return `intent-${id}`;
}

/** An intent for everybody to see, and beside what is planned, where there are seals, who it is of. */
export async function intentLayers(intent: Intent, seals?: Seals): Promise<ArtifactLayer[]> {
  const bytes = Buffer.from(JSON.stringify(intent));
  const sealed = intent.plan && (await seals?.seal?.(INTENT_TYPE, bytes));
  return [{ mediaType: INTENT_TYPE, bytes }, ...(sealed ? [sealed] : [])];
}

/** Writes the layers of an intent under its tag. */
export async function writeIntent(
  repository: Repository,
  id: string,
  layers: readonly ArtifactLayer[],
): Promise<Descriptor> {
  const descriptor = await writeArtifact(repository, {
    artifactType: INTENT_TYPE,
    layers: [...layers],
  });
  await repository.tag(intentTag(id), descriptor);
  return descriptor;
}

/** True when somebody who counts has written the intent, or no signature is asked for. */
export function isSealed({ layers }: StandingIntent, seals: Seals | undefined): boolean {
  const [plain, sealed] = layers;
  if (!seals) return true;
  const content = sealed && seals.open(INTENT_TYPE, sealed);
  return content != null && plain != null && Buffer.compare(content, plain.bytes) === 0;
}

/** Every intent that stands in a repository, smallest id first. */
export async function readIntents(repository: Repository): Promise<StandingIntent[]> {
  const standing = new Map<string, StandingIntent>();
  const tags = (await repository.tags()).filter((one) => INTENT_TAG.test(one)).sort();
  await mapConcurrently(tags, CONCURRENCY, async (tag) => {
    const found = await readIntent(repository, tag);
    if (found) standing.set(tag, found);
  });
  return tags.flatMap((tag) => standing.get(tag) ?? []);
}

/** True of what a tag of an intent points at once its work has ended. */
export function isEnded(annotations: Readonly<Record<string, string>> | undefined): boolean {
  return annotations?.[MARK] === ENDED;
}

/**
 * Takes an intent away, and reads back that it is gone: registries may delete a manifest and keep
 * its tag. Where a registry can neither remove a tag nor delete a manifest, the tag is left
 * pointing at a mark that says there is none.
 */
export async function removeIntent(
  repository: Repository,
  id: string,
  descriptor: Descriptor,
): Promise<void> {
  const tag = intentTag(id);
  for (const remove of [
    () => repository.delete(descriptor),
    () => repository.untag(tag),
    async () => repository.tag(tag, await writeMark(repository)),
  ]) {
    try {
      await remove();
      if ((await repository.resolve(tag))?.digest !== descriptor.digest) return;
    } catch (error) {
      if (!cannot(error)) throw error;
    }
  }
}

/** True for what registries answer that do not allow removals. */
export function cannot(error: unknown): boolean {
  return error instanceof LockstepError && ['unsupported', 'not-allowed'].includes(error.code);
}

function writeMark(repository: Repository): Promise<Descriptor> {
  return writeArtifact(repository, {
    artifactType: INTENT_TYPE,
    annotations: { [MARK]: ENDED },
    layers: [],
  });
}

async function readIntent(
  repository: Repository,
  tag: string,
): Promise<StandingIntent | undefined> {
  const artifact = await ifThere(readArtifact(repository, tag));
  if (isEnded(artifact?.annotations)) return undefined;
  try {
    const text = Buffer.from(artifact?.layers[0]?.bytes ?? []).toString('utf8');
    const { descriptor, layers = [] } = artifact ?? {};
    return descriptor && { descriptor, layers, intent: Intent.parse(JSON.parse(text)) };
  } catch (error) {
    throw new LockstepError('invalid-content', `${repository.name}:${tag} is not an intent`, {
      cause: error,
      hint: 'a newer lockstep may have written it; remove the tag if nobody is at work',
    });
  }
}
