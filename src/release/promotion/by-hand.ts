import type { Stream } from '../../config/schema.ts';
import { connectionFor } from '../../flist/store/connection.ts';
import { readManifest, requireDescriptor } from '../../oci/manifest.ts';
import { formatReference, parseReference, versionOf } from '../../oci/reference.ts';
import type { Reader, Registry } from '../../oci/repository.ts';
import { isDigest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { flistRepository } from '../channel/channel.ts';
import type { FlistSurroundings } from '../flists/of-stream.ts';
import { gateTerms } from '../gates/terms.ts';
import { IMAGE_ANNOTATION, kmodsSaid } from '../record/annotations.ts';
import { modulesOf } from '../record/stable-image.ts';
import { stableTags } from '../record/stable-tags.ts';
import { auditTag } from '../record/tags.ts';
import type { RequiredGates } from '../record/verdicts.ts';
import { flistsWith } from './flists.ts';
import { promotedKmods } from './kmods.ts';
import type { PromotionRequest } from './plan.ts';
import { type MayPromote, requirePromotable } from './proof.ts';
import { gateKeeper } from './step.ts';

/** What stands against a promotion by hand: every gate of the stream must have passed. */
export async function keeperOf(
  stream: Stream,
  registry: Registry,
  options: FlistSurroundings & { anyTerms?: boolean; seals: Seals | undefined },
): Promise<MayPromote> {
  const terms = await gateTerms(stream, options.project);
  // What was promoted once passed the gates as they were then; they need not be the same now, and
  // flists it may have had none.
  const before = [...terms.keys()].filter((gate) => gate !== 'flists');
  const gates: RequiredGates = options.anyTerms
    ? new Map(before.map((gate) => [gate, undefined]))
    : terms;
  const ends = {
    kmods: registry.repository(stream.publish.kmods),
    flists: registry.repository(flistRepository(stream)),
  };
  const { seals } = options;
  return gateKeeper(ends, { gates, seals, connection: connectionFor(options) });
}

/**
 * Asks for the promotion of an image that is stored already, with the kmods that are in it. Throws
 * `usage` when it has none of the kernels that are named.
 */
export async function requestOfStored(
  stream: Stream,
  registry: Registry,
  {
    id,
    reference,
    kernels,
  }: { id: string; reference: string; kernels?: readonly string[] | undefined },
): Promise<PromotionRequest> {
  const { publish } = stream;
  const repository = registry.repository(publish.image);
  const { descriptor, manifest } = await readManifest(repository, versionIn(stream, reference));
  const said = manifest.annotations ?? {};
  const osVersion = said[IMAGE_ANNOTATION.version];
  const key = said[IMAGE_ANNOTATION.key];
  if (osVersion == null || key == null || !isDigest(key)) throw notOurs(repository, reference);
  const kernel = said[IMAGE_ANNOTATION.kernel] ?? 'unknown';
  const held = [...kmodsSaid(said).map((one) => one.kernel), kernel];
  if (kernels && !kernels.some((one) => held.includes(one))) throw hasNot(reference, kernels, held);
  const image = {
    repository: publish.image,
    digest: descriptor.digest,
    audit: [auditTag(id, key)],
    moving: stableTags(publish.stable, { osVersion, kernel, modules: modulesOf(said) }),
  };
  const kmods = promotedKmods(publish.kmods, kmodsSaid(said), { id, osVersion });
  const flists = await flistsWith(stream, repository, { digest: descriptor.digest, id });
  return { id, artifacts: [...kmods, ...flists, image] };
}

/** A tag or a digest out of a text that is one of them, or a whole reference into the image's repository. */
export function versionIn(stream: Stream, text: string): string {
  if (!/[/:@]/.test(text) || isDigest(text)) return text;
  const reference = parseReference(text);
  const { tag: _, digest: __, ...place } = reference;
  const own = formatReference(place);
  const expected = `${stream.publish.registry.replace(/\/+$/, '')}/${stream.publish.image}`;
  if (own === expected) return versionOf(reference);
  throw new LockstepError('usage', `${text} is not in ${expected}`, {
    hint: 'name a tag or a digest of the image of this stream',
  });
}

/**
 * What an image of the stream itself is called by its digest, once everything of it has passed by
 * verdicts that count; what is none stays as it is named. Throws `gate-failed` and `not-found`.
 */
export async function provenSource(
  { publish }: Stream,
  registry: Registry,
  { text, mayPromote }: { text: string; mayPromote: MayPromote },
): Promise<string> {
  const own = `${publish.registry.replace(/\/+$/, '')}/${publish.image}`;
  if (!text.startsWith(`${own}:`) && !text.startsWith(`${own}@`)) return text;
  const repository = registry.repository(publish.image);
  const tag = text.slice(own.length + 1);
  const { digest } = await requireDescriptor(repository, tag);
  const move = { repository: publish.image, tag, from: digest, to: digest };
  await requirePromotable(registry, [move], mayPromote);
  return `${own}@${digest}`;
}

function hasNot(
  reference: string,
  kernels: readonly string[],
  held: readonly string[],
): LockstepError {
  const has = [...new Set(held)].join(' and ');
  return new LockstepError('usage', `${reference} has no Linux ${kernels.join(', ')}`, {
    hint: `it has Linux ${has}`,
  });
}

function notOurs(repository: Reader, reference: string): LockstepError {
  return new LockstepError(
    'invalid-content',
    `${repository.name}: ${reference} does not say what it was composed of`,
    { hint: 'only images that lockstep composed can be promoted: lockstep run' },
  );
}
