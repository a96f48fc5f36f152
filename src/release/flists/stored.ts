import type { Stream } from '../../config/schema.ts';
import { shownRoute } from '../../flist/store/address.ts';
import { formatRoute, type Route } from '../../flist/store/route.ts';
import { ifThere } from '../../oci/content.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Repository } from '../../oci/repository.ts';
import type { Finding } from '../../system/finding.ts';
import type { PromotedArtifact } from '../promotion/plan.ts';
import type { MayPromote } from '../promotion/proof.ts';
import { namedFrom } from '../record/project-names.ts';
import { auditTag } from '../record/tags.ts';
import { missingPasses, recordVerdict } from '../record/verdicts.ts';
import { FLIST_ANNOTATION, flistGates, writeFlist } from './artifact.ts';
import type { MadeFlist } from './make.ts';
import { type FlistContent, flistTag } from './names.ts';

/** Name of the repository that the flists of a stream stand in. */
export function flistRepository({ publish, flists }: Pick<Stream, 'publish' | 'flists'>): string {
  return flists?.repository ?? `${publish.image}-flists`;
}

/** A flist in the repository of the flists. */
export interface StoredFlist {
  content: FlistContent;
  descriptor: Descriptor;
}

export interface StoreFlistOptions {
  routes: readonly Route[];
  project: string;
  now: () => Date;
}

/**
 * Stores the manifest of a flist with the verdicts of its gates. Where hosts follow the very same
 * manifest already that one is taken, so that nothing moves.
 */
export async function storeFlist(
  repository: Repository,
  made: MadeFlist,
  { routes, project, now }: StoreFlistOptions,
): Promise<StoredFlist> {
  const { content } = made;
  const followed = await ifThere(readManifest(repository, flistTag(content)));
  const same = followed?.manifest.annotations?.[FLIST_ANNOTATION.digest] === made.digest;
  const shown = routes.map((route) => formatRoute(shownRoute(route)));
  const descriptor =
    followed && same
      ? followed.descriptor
      : await writeFlist(repository, { file: made.file, content, routes: shown, created: now() });
  for (const [gate, terms] of flistGates(content)) {
    const findings: Finding[] = namedFrom(project, made.gates.get(gate) ?? []);
    const subject = descriptor.digest;
    const time = now().toISOString();
    await recordVerdict(repository, descriptor, {
      gate,
      subject,
      result: 'pass',
      findings,
      terms,
      time,
    });
  }
  return { content, descriptor };
}

/** Flists as they are promoted: audit tags of their own, one moving tag each. */
export function promotedFlists(
  repository: string,
  flists: readonly StoredFlist[],
  id: string,
): PromotedArtifact[] {
  return flists.map(({ content, descriptor: { digest } }) => ({
    repository,
    digest,
    audit: [auditTag(id, digest)],
    moving: [flistTag(content)],
  }));
}

/** What stands against moving the tag of a flist: the recorded passes of its gates, read when it is asked. */
export function flistKeeper(flists: readonly StoredFlist[]): MayPromote {
  return async (repository, digest) => {
    const known = flists.find(({ descriptor }) => descriptor.digest === digest);
    const gates = flistGates(known?.content ?? { kind: 'modules', kernel: '' });
    return missingPasses(repository, digest, { gates });
  };
}
