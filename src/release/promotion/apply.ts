import { copy } from '../../oci/copy.ts';
import { moved } from '../../oci/reference.ts';
import type { Registry } from '../../oci/repository.ts';
import { LockstepError } from '../../system/error.ts';
import { type EventSink, silent } from '../../system/event.ts';
import { uninterrupted } from '../../system/uninterrupted.ts';
import { moveBack, moveTag, whereIs, writeAudit } from './move.ts';
import { type Move, type PromotionPlan, repositoriesOf } from './plan.ts';
import { type MayPromote, requirePromotable } from './proof.ts';
import { type Recovery, recoverLeft, requireNotOvertaken } from './recover.ts';
import type { HostSignatures } from './signing.ts';
import { type Turn, type TurnOptions, takeTurn } from './turn.ts';
import { writePromotion } from './write-record.ts';

export interface ApplyOptions extends TurnOptions {
  registry: Registry;
  /** Asked for every digest right before the first tag moves. */
  mayPromote: MayPromote;
  /** Signs what may be promoted before the first tag moves, where a stream has that. */
  signatures?: HostSignatures | undefined;
  emit?: EventSink;
}

export interface PromotionResult {
  plan: PromotionPlan;
  /** What earlier promotions that had died were brought to first. */
  recovered: Recovery[];
}

/**
 * Applies a plan: the intent first, then what is missing is copied, then the audit tags, and when
 * everything may be promoted the moving tags, one by one, each from where the plan saw it and
 * each read back. Throws `conflict` when a tag is elsewhere by now, `gate-failed` when something
 * stands against it; then no tag has moved. A failure between two moves is seen to by the next
 * call. The signal is heeded until the first tag moves: give the registry another one.
 */
export async function applyPromotion(
  plan: PromotionPlan,
  options: ApplyOptions,
): Promise<PromotionResult> {
  if (plan.moves.length === 0 && plan.audits.length === 0) return { plan, recovered: [] };
  const { registry } = options;
  const work = { registry, repositories: repositoriesOf(plan), work: 'promotion', plan } as const;
  const turn = await takeTurn(work, options);
  const progress = { moved: [] as Move[] };
  try {
    const recovered = await recoverLeft(turn, options);
    requireNotOvertaken(recovered);
    await prepare(plan, turn, options);
    options.signal?.throwIfAborted();
    await uninterrupted(async () => {
      await moveAll(plan, { turn, options, progress });
      await writePromotion(registry, plan, { finished: options.now(), seals: options.seals });
      await turn.end();
    });
    return { plan, recovered };
  } catch (error) {
    await uninterrupted(() => retreat(turn, progress.moved, { error, options }));
    throw error;
  }
}

/**
 * Sees to what died half way in these repositories, without promoting anything. Throws
 * `conflict` when somebody else moved one of the tags meanwhile.
 */
export async function recoverPromotions(
  repositories: readonly string[],
  options: ApplyOptions,
): Promise<Recovery[]> {
  const work = { registry: options.registry, repositories, work: 'promotion' } as const;
  const turn = await takeTurn(work, options);
  try {
    const recoveries = await recoverLeft(turn, options);
    requireNotOvertaken(recoveries);
    return recoveries;
  } finally {
    await turn.end();
  }
}

/** Everything up to the first move; it changes nothing that hosts follow. */
async function prepare(plan: PromotionPlan, turn: Turn, options: ApplyOptions): Promise<void> {
  const { registry, emit = silent } = options;
  for (const move of plan.moves) {
    const now = await whereIs(registry, move);
    if (now !== move.from) throw moved(move.repository, move.tag, move.from, now);
  }
  for (const { from, to, digest } of plan.copies) {
    await turn.hold();
    emit({ type: 'note', message: `copying ${digest} from ${from} to ${to}` });
    await copy(registry.repository(from), registry.repository(to), digest, {
      referrers: true,
      digestTags: true,
    });
  }
  // Asked twice: what may not be promoted gets no audit tag, and nothing moves on an old answer.
  await requirePromotable(registry, plan.moves, options.mayPromote);
  await options.signatures?.sign(plan);
  for (const audit of plan.audits) await writeAudit(registry, audit);
  await requirePromotable(registry, plan.moves, options.mayPromote);
  await options.signatures?.require(plan);
}

interface Moving {
  turn: Turn;
  options: ApplyOptions;
  progress: { moved: Move[] };
}

async function moveAll(plan: PromotionPlan, { turn, options, progress }: Moving): Promise<void> {
  for (const move of plan.moves) {
    await turn.hold();
    progress.moved.push(move);
    await moveTag(options.registry, move);
    options.emit?.({ type: 'note', message: `${move.repository}:${move.tag} is ${move.to} now` });
  }
}

/** Undoes what was moved when somebody else is in the way; leaves other failures to the next call. */
async function retreat(
  turn: Turn,
  movedTags: readonly Move[],
  { error, options }: { error: unknown; options: ApplyOptions },
): Promise<void> {
  try {
    if (movedTags.length === 0) return await turn.end();
    const foreign = error instanceof LockstepError && error.code === 'conflict';
    if (!foreign) return await turn.abandon();
    for (const move of movedTags.toReversed()) {
      if ((await whereIs(options.registry, move)) === move.to)
        await moveBack(options.registry, move);
    }
    await turn.end();
  } catch {
    // The first failure is the one to tell; the intent that still stands tells the rest.
  }
}
