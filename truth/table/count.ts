import type { Pair } from '../comparison/compare.ts';

/** How many pairs of one kind there are, and what became of them. */
export interface Count {
  pairs: number;
  loaded: number;
  refused: number;
  broke: number;
  disagreements: number;
}

/** Counts pairs by what `keyOf` says, in the order in which the keys first come. */
export function countBy(
  pairs: readonly Pair[],
  keyOf: (pair: Pair) => string | readonly string[],
): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const pair of pairs) {
    for (const key of [keyOf(pair)].flat()) {
      const count = counts.get(key) ?? none();
      counts.set(key, count);
      count.pairs++;
      count[pair.kernelDid]++;
      if (pair.disagreement) count.disagreements++;
    }
  }
  return counts;
}

export function total(pairs: readonly Pair[]): Count {
  return countBy(pairs, () => 'all').get('all') ?? none();
}

function none(): Count {
  return { pairs: 0, loaded: 0, refused: 0, broke: 0, disagreements: 0 };
}
