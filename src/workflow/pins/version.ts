/** A tag of a repository and the commit that it leads to. */
export interface VersionTag {
  tag: string;
  commit: string;
}

/** `v1.2.3`, `v1`, `1.2`; undefined for other names, which say nothing of what is newer. */
function numbersOf(tag: string): number[] | undefined {
  const [, numbers] = /^v?(\d+(?:\.\d+){0,3})$/.exec(tag) ?? [];
  return numbers?.split('.').map(Number);
}

/**
 * The newest version among tags: of the same first number, unless `major` says otherwise, never an
 * older one, and of several names for one commit the longest (`v4.2.1`, not `v4`). Undefined when
 * there is none, or the version is none that can be compared.
 */
export function newestVersion(
  tags: readonly VersionTag[],
  now: string | undefined,
  { major = false }: { major?: boolean } = {},
): VersionTag | undefined {
  const ours = now == null ? undefined : numbersOf(now);
  if (!ours) return undefined;
  const known = tags.flatMap((one) => {
    const numbers = numbersOf(one.tag);
    return numbers ? [{ ...one, numbers }] : [];
  });
  const fit = known.filter(
    ({ numbers }) => compare(numbers, ours) >= 0 && (major || numbers[0] === ours[0]),
  );
  const [best] = fit.sort(
    (a, b) => compare(b.numbers, a.numbers) || b.numbers.length - a.numbers.length,
  );
  return best && { tag: best.tag, commit: best.commit };
}

function compare(a: readonly number[], b: readonly number[]): number {
  const length = Math.max(a.length, b.length);
  const differences = Array.from({ length }, (_, at) => (a[at] ?? 0) - (b[at] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
