import { subjectOfTag } from '../../oci/reference.ts';
import type { Digest } from '../../system/digest.ts';
import { flistsSaid } from '../flists/of-image.ts';
import { INPUTS_TYPE } from '../inputs/inputs.ts';
import { BUILDER } from '../kept/mark.ts';
import { IMAGE_ANNOTATION, kmodsSaid } from '../record/annotations.ts';
import type { ObservedRepository } from './observe.ts';

/** A manifest of one of several repositories. */
export interface Place {
  repository: ObservedRepository;
  digest: Digest;
}

/** What holds manifests together, across repositories. */
export interface Links {
  /** Manifests of the same repository that speak of one: referrers, `sha256-…` tags. */
  speakersOf(place: Place): Digest[];
  /**
   * What a manifest cannot do without: members of an index, kmods and inputs of an image, the
   * builder of an archive, flists that a note names.
   */
  needsOf(place: Place): Place[];
  /** A tag of a manifest, as people know it, or its digest. */
  nameOf(place: Place): string;
}

/** Finds out once what belongs to what. */
export function linksOf(
  observed: readonly ObservedRepository[],
  { kmods, flists }: { kmods: string; flists?: string },
): Links {
  const speakers = new Map(observed.map((repository) => [repository.name, speakersIn(repository)]));
  const inputs = new Map(observed.map((repository) => [repository.name, inputsIn(repository)]));
  const cache = observed.find(({ name }) => name === kmods);
  const packed = observed.find(({ name }) => name === flists);
  const names = new Map(
    observed.map(({ name, tags }) => [
      name,
      new Map([...tags].map(([tag, digest]) => [digest, tag])),
    ]),
  );
  return {
    nameOf: ({ repository: { name }, digest }) => {
      const tag = names.get(name)?.get(digest);
      return tag == null ? `${name}@${digest.slice(0, 19)}` : `${name}:${tag}`;
    },
    speakersOf: ({ repository, digest }) => speakers.get(repository.name)?.get(digest) ?? [],
    needsOf: ({ repository, digest }) => {
      const stored = repository.manifests.get(digest);
      if (!stored) return [];
      const made = stored.annotations[IMAGE_ANNOTATION.inputs];
      const builder = stored.annotations[BUILDER] as Digest | undefined;
      const own = [
        ...stored.children,
        ...(inputs.get(repository.name)?.get(made ?? '') ?? []),
        ...(builder ? [builder] : []),
      ];
      return [
        ...own.map((one) => ({ repository, digest: one })),
        ...kmodsSaid(stored.annotations).flatMap((kmod) =>
          cache ? [{ repository: cache, digest: kmod.digest }] : [],
        ),
        ...flistsSaid(stored.annotations).flatMap((flist) =>
          packed ? [{ repository: packed, digest: flist.digest }] : [],
        ),
      ];
    },
  };
}

function speakersIn({ manifests, tags }: ObservedRepository): Map<Digest, Digest[]> {
  const speakers = new Map<Digest, Digest[]>();
  const add = (subject: Digest | undefined, digest: Digest) => {
    if (subject) speakers.set(subject, [...(speakers.get(subject) ?? []), digest]);
  };
  for (const [digest, { subject }] of manifests) add(subject, digest);
  for (const [tag, digest] of tags) add(subjectOfTag(tag), digest);
  return speakers;
}

/** Stored inputs by their own digest, which images name. */
function inputsIn({ manifests }: ObservedRepository): Map<string, Digest[]> {
  const stored = [...manifests].filter(
    ([, { descriptor }]) => descriptor.artifactType === INPUTS_TYPE,
  );
  const groups = Map.groupBy(
    stored,
    ([, { annotations }]) => annotations[IMAGE_ANNOTATION.inputs] ?? '',
  );
  return new Map([...groups].map(([key, group]) => [key, group.map(([digest]) => digest)]));
}
