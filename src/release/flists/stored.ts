import { manifestOf } from '../../flist/manifest/load.ts';
import { absentBlocks } from '../../flist/present.ts';
import { shownRoute } from '../../flist/store/address.ts';
import type { StoreConnection } from '../../flist/store/request.ts';
import { formatRoute, type Route } from '../../flist/store/route.ts';
import { ifThere } from '../../oci/content.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { namedFrom } from '../record/project-names.ts';
import { missingPasses, recordVerdict } from '../record/verdicts.ts';
import { FLIST_ANNOTATION, flistGates, readFlist, writeFlist } from './artifact.ts';
import type { MadeFlist } from './make.ts';
import { candidateFlistTag, flistTag } from './names.ts';
import type { FlistOfImage } from './of-image.ts';

export interface StoreFlistOptions {
  routes: readonly Route[];
  project: string;
  now: () => Date;
  /** Signs the verdicts. */
  seals?: Seals | undefined;
}

/**
 * Stores the manifest of a flist with the verdicts of its gates. Where hosts follow the very same
 * manifest already that one is taken, so that nothing moves.
 */
export async function storeFlist(
  repository: Repository,
  made: MadeFlist,
  { routes, project, now, seals }: StoreFlistOptions,
): Promise<FlistOfImage> {
  const { content } = made;
  const followed = await ifThere(readManifest(repository, flistTag(content)));
  const same = followed?.manifest.annotations?.[FLIST_ANNOTATION.digest] === made.digest;
  const shown = routes.map((route) => formatRoute(shownRoute(route)));
  const descriptor =
    followed && same
      ? followed.descriptor
      : await writeFlist(repository, { file: made.file, content, routes: shown, created: now() });
  await repository.tag(candidateFlistTag(content, descriptor.digest), descriptor);
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
      seals,
    });
  }
  return { content, digest: descriptor.digest };
}

/**
 * What stands against moving the tag of a flist: the recorded passes of its gates, with seals those
 * that count, and that its blocks are all there, asked when it is asked. A cleanup waits for the turn of a promotion.
 */
export function flistKeeper(
  connection: StoreConnection,
  seals?: Seals,
): (repository: Repository, digest: Digest) => Promise<Finding[]> {
  return async (repository, digest) => {
    const { content, bytes } = await readFlist(repository, digest);
    const gates = flistGates(content);
    return [
      ...(await missingPasses(repository, digest, { gates, seals })),
      ...(await absentBlocks(await manifestOf(bytes, digest), connection)).map(packAgain),
    ];
  };
}

function packAgain(finding: Finding): Finding {
  return { ...finding, hint: 'pack it again: lockstep prove IMAGE --only flists' };
}
