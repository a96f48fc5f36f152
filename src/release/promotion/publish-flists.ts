import type { KeyObject } from 'node:crypto';
import type { Registry } from '../../oci/repository.ts';
import type { Trust } from '../context/trust.ts';
import { handOutFollowed } from '../flists/followed.ts';
import { type FlistRequest, type MadeFlist, type MakeOptions, makeFlists } from '../flists/make.ts';
import { flistKeeper, storeFlist } from '../flists/stored.ts';
import type { ApplyOptions } from './apply.ts';
import { promotedFlists } from './flists.ts';
import { promoteArtifacts } from './promote.ts';
import type { Promoted } from './step.ts';

export interface PublishOptions extends MakeOptions, Pick<ApplyOptions, 'now' | 'signatures'> {
  /** Not ended by a signal: what moves together must not be torn apart. */
  registry: Registry;
  /** Name of the repository of the flists. */
  repository: string;
  /** Unique name of this promotion. */
  id: string;
  project: string;
  /** Signs what is put into the store. */
  key?: KeyObject;
  /** Signs verdicts and the record of the promotion, and says whose count. */
  trust?: Pick<Trust, 'verdicts' | 'records'> | undefined;
}

/** What was published. */
export interface Published {
  flists: MadeFlist[];
  promotion: Promoted;
  /** Names in the store that were written. */
  written: string[];
}

/**
 * Packs, proves and stores the flists of a source, moves their tags together, and then puts the
 * manifests where machines fetch them. Killed anywhere, the next call goes on.
 */
export async function publishFlists(
  request: FlistRequest,
  options: PublishOptions,
): Promise<Published> {
  const { registry, repository: name, id, now, places, signal, signatures, trust } = options;
  const flists = await makeFlists(request, options);
  const repository = registry.repository(name);
  const stored = [];
  for (const made of flists)
    stored.push(
      await storeFlist(repository, made, {
        ...options,
        routes: places.routes,
        seals: trust?.verdicts,
      }),
    );
  const mayPromote = flistKeeper(options, trust?.verdicts);
  const { plan } = await promoteArtifacts(
    { id, artifacts: promotedFlists(name, stored, id) },
    { registry, mayPromote, signatures, seals: trust?.records, now, ...(signal && { signal }) },
  );
  return { flists, promotion: plan, written: await handOutFollowed(repository, options) };
}
