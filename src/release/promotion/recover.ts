import type { Registry } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { uninterrupted } from '../../system/uninterrupted.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { cannot, isSealed, removeIntent } from './intent.ts';
import { moveBack, moveTag, whereIs } from './move.ts';
import type { Move, PromotionPlan } from './plan.ts';
import { type MayPromote, requirePromotable } from './proof.ts';
import type { Turn } from './turn.ts';
import { writePromotion } from './write-record.ts';

/** What became of a promotion that died half way. */
export interface Recovery {
  id: string;
  outcome: 'finished' | 'undone' | 'not-begun' | 'overtaken';
  /** Tags that somebody else has moved since; filled when it was overtaken. */
  foreign: string[];
}

export interface RecoverOptions {
  registry: Registry;
  mayPromote: MayPromote;
  now: () => Date;
  /** Whose intents are seen to; those of others are only taken away. */
  seals?: Seals | undefined;
}

/**
 * Finishes or undoes what dead owners left, as their records allow: finished when all audit tags
 * are written and everything may still be promoted, else every moved tag goes back. Where
 * somebody else moved a tag meanwhile nothing is touched, and the caller is told.
 */
export async function recoverLeft(turn: Turn, options: RecoverOptions): Promise<Recovery[]> {
  const recoveries: Recovery[] = [];
  const seen = new Set<string>();
  for (const { repository, standing } of turn.left) {
    const { plan, id } = standing.intent;
    if (plan && !seen.has(id) && isSealed(standing, options.seals)) {
      recoveries.push(await uninterrupted(() => recoverOne(plan, turn, options)));
    }
    seen.add(id);
    await removeIntent(options.registry.repository(repository), id, standing.descriptor);
  }
  return recoveries;
}

/** Throws `conflict` when a half-done promotion was overtaken by somebody else's move. */
export function requireNotOvertaken(recoveries: readonly Recovery[]): void {
  for (const { id, outcome, foreign } of recoveries) {
    if (outcome !== 'overtaken') continue;
    throw new LockstepError(
      'conflict',
      `promotion ${id} died half way and somebody else moved ${foreign.join(', ')} since`,
      { context: { promotion: id }, hint: 'look where the tags point, then call again' },
    );
  }
}

async function recoverOne(
  plan: PromotionPlan,
  turn: Turn,
  options: RecoverOptions,
): Promise<Recovery> {
  const { done, waiting, foreign } = await sortMoves(options.registry, plan.moves);
  const recovery = (outcome: Recovery['outcome']) => ({ id: plan.id, outcome, foreign: [] });
  if (done.length === 0) return recovery('not-begun');
  if (foreign.length > 0) return { ...recovery('overtaken'), foreign: foreign.map(nameOf) };
  const finish = waiting.length === 0 || (await mayFinish(plan, options));
  for (const move of finish ? waiting : done.toReversed()) {
    await turn.hold();
    await (finish ? moveTag(options.registry, move) : undo(options.registry, move));
  }
  if (finish) {
    const { seals } = options;
    await writePromotion(options.registry, plan, { finished: options.now(), seals });
  }
  return recovery(finish ? 'finished' : 'undone');
}

async function sortMoves(registry: Registry, moves: readonly Move[]) {
  const sorted = { done: [] as Move[], waiting: [] as Move[], foreign: [] as Move[] };
  for (const move of moves) {
    const now: Digest | null = await whereIs(registry, move);
    const state = now === move.to ? 'done' : now === move.from ? 'waiting' : 'foreign';
    sorted[state].push(move);
  }
  return sorted;
}

async function mayFinish(plan: PromotionPlan, options: RecoverOptions): Promise<boolean> {
  for (const audit of plan.audits) {
    if ((await whereIs(options.registry, audit)) !== audit.digest) return false;
  }
  try {
    await requirePromotable(options.registry, plan.moves, options.mayPromote);
    return true;
  } catch (error) {
    if (isAnswer(error)) return false;
    throw error;
  }
}

/** True for a clear no: something is missing or forbidden; a failing network answers nothing. */
function isAnswer(error: unknown): boolean {
  return error instanceof LockstepError && ['gate-failed', 'not-found'].includes(error.code);
}

async function undo(registry: Registry, move: Move): Promise<void> {
  try {
    await moveBack(registry, move);
  } catch (error) {
    // A new tag that the registry cannot remove stays: it names a digest that is fully there.
    if (move.from !== null || !cannot(error)) throw error;
  }
}

function nameOf({ repository, tag }: Move): string {
  return `${repository}:${tag}`;
}
