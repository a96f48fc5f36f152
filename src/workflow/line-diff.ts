/** Lines that are compared with each other at most; of more, the old go and the new come. */
const LIMIT = 4_000_000;

/**
 * What changes from one text to another, line by line: ` ` stays, `-` goes, `+` comes. Where much
 * stays, only three lines around each change are told.
 */
export function lineDiff(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const marked = a.length * b.length > LIMIT ? replaced(a, b) : compared(a, b);
  const near = (at: number) =>
    marked.slice(Math.max(0, at - 3), at + 4).some((line) => !line.startsWith(' '));
  return marked.filter((_, at) => near(at));
}

/** By the longest common subsequence of lines. */
function compared(a: readonly string[], b: readonly string[]): string[] {
  const lengths = common(a, b);
  const marked: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      marked.push(` ${a[i]}`);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      marked.push(`-${a[i++]}`);
    } else marked.push(`+${b[j++]}`);
  }
  return marked;
}

/** Lengths of the longest common subsequences of what follows each pair of lines. */
function common(a: readonly string[], b: readonly string[]): Uint32Array[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const length =
        a[i] === b[j]
          ? at(lengths, i + 1, j + 1) + 1
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
      lengths[i]?.set([length], j);
    }
  }
  return lengths;
}

function at(lengths: readonly Uint32Array[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}

function replaced(a: readonly string[], b: readonly string[]): string[] {
  return [...a.map((line) => `-${line}`), ...b.map((line) => `+${line}`)];
}
