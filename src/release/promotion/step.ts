import { connectionFor } from '../../flist/store/connection.ts';
import type { StoreConnection } from '../../flist/store/request.ts';
import type { GateName } from '../../gate/verdict.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader, Registry } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import type { Ends } from '../channel/ends.ts';
import type { RunContext } from '../context/run-context.ts';
import { flistKeeper } from '../flists/stored.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { BuiltKmods } from '../record/kmods.ts';
import { stableTags, tagValuesOf } from '../record/stable-tags.ts';
import { auditTag } from '../record/tags.ts';
import { missingPasses, type RequiredGates } from '../record/verdicts.ts';
import { promotedBy } from './decisions.ts';
import { flistsWith } from './flists.ts';
import { promotedKmods } from './kmods.ts';
import type { PromotedArtifact, PromotionPlan } from './plan.ts';
import { promoteArtifacts } from './promote.ts';
import type { MayPromote } from './proof.ts';
import { hostSignatures } from './signatures.ts';

export interface Promotable {
  inputs: Inputs;
  /** Of each kernel. */
  kmods: readonly BuiltKmods[];
  candidate: Descriptor;
  /** Gates that must have passed, each under these terms. */
  gates: ReadonlyMap<GateName, string>;
}

/** What a promotion moved and named. */
export type Promoted = Pick<PromotionPlan, 'moves' | 'audits'>;

/** Moves the stable tags to the candidate, with the kmods that are in it. */
export async function promote(
  context: RunContext,
  registry: Registry,
  promotable: Promotable,
): Promise<Promoted> {
  const request = { id: context.id, artifacts: await artifactsOf(context, promotable) };
  const { trust } = context;
  const { gates } = promotable;
  const connection = connectionFor(context);
  const keeper = gateKeeper(context.ends, { gates, seals: trust?.verdicts, connection });
  const { plan } = await promoteArtifacts(request, {
    registry,
    mayPromote: newestOnly(context, promotable, keeper),
    signatures: await hostSignatures(context.stream, { trust, now: context.now, registry }),
    seals: trust?.records,
    now: context.now,
    signal: context.signal,
    emit: context.emit,
  });
  return plan;
}

/**
 * The guard of the first law: an OS image needs a recorded pass of every gate, read from the
 * store when it is asked, with seals one that somebody who counts has signed. A kmods image stands
 * or falls with the OS image that holds it; a flist needs passes of its own, and all its blocks.
 */
export function gateKeeper(
  ends: Pick<Ends, 'kmods' | 'flists'>,
  {
    gates,
    seals,
    connection,
  }: { gates: RequiredGates; seals?: Seals | undefined; connection: StoreConnection },
): MayPromote {
  const ofFlists = flistKeeper(connection, seals);
  return async (repository, digest) => {
    if (repository.name === ends.kmods.name) return [];
    return repository.name === ends.flists?.name
      ? ofFlists(repository, digest)
      : missingPasses(repository, digest, { gates, seals });
  };
}

/**
 * A run that took long must not take stable back behind one that was planned after it and has
 * promoted since: names of runs sort by time.
 */
function newestOnly(
  { id, ends, stream, trust }: RunContext,
  { inputs, candidate }: Promotable,
  keeper: MayPromote,
): MayPromote {
  return async (repository, digest) => {
    const found = await keeper(repository, digest);
    if (repository.name !== ends.image.name || digest !== candidate.digest) return found;
    const tags = stableTags(stream.publish.stable, tagValuesOf(inputs));
    const newer = await newerPromotion(repository, tags, { id, digest, seals: trust?.records });
    return newer ? [...found, newer] : found;
  };
}

/** What a newer run has promoted to one of these tags, as a finding. */
async function newerPromotion(
  repository: Reader,
  tags: readonly string[],
  { id, digest, seals }: { id: string; digest: Digest; seals: Seals | undefined },
): Promise<Finding | undefined> {
  for (const tag of tags) {
    const present = (await repository.resolve(tag))?.digest;
    if (!present || present === digest) continue;
    const run = await promotedBy(repository, present, seals);
    if (run == null || run <= id) continue;
    const message = `${repository.name}:${tag} is of the newer run ${run}`;
    const hint = 'nothing is left to do: a later run has promoted already';
    return { rule: 'overtaken', severity: 'error', message, hint };
  }
  return undefined;
}

async function artifactsOf(
  context: RunContext,
  { inputs, kmods, candidate }: Promotable,
): Promise<PromotedArtifact[]> {
  const { publish } = context.stream;
  const { osVersion } = inputs.base;
  const made = kmods.map(({ kernel, descriptor: { digest } }) => ({ kernel, digest }));
  return [
    ...promotedKmods(publish.kmods, made, { id: context.id, osVersion }),
    ...(await flistsWith(context.stream, context.ends.image, {
      digest: candidate.digest,
      id: context.id,
    })),
    {
      repository: publish.image,
      digest: candidate.digest,
      audit: [auditTag(context.id, inputs.keys.image)],
      moving: stableTags(publish.stable, tagValuesOf(inputs)),
    },
  ];
}
