/** Major and minor of a kernel: what a rule of the loader depends on. */
export interface KernelVersion {
  major: number;
  minor: number;
  patch: number;
}

/** The version that a release begins with: `6.12.95+deb12-amd64` is 6.12.95. */
export function versionOfRelease(release: string): KernelVersion | undefined {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release);
  if (!match) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0) };
}

/** Whether a kernel is of this version or a later one; false when its release tells no version. */
export function isAtLeast(release: string, major: number, minor: number): boolean {
  const version = versionOfRelease(release);
  if (!version) return false;
  return version.major > major || (version.major === major && version.minor >= minor);
}

/**
 * Orders kernel releases as rpm orders versions (rpmvercmp): runs of digits by number, runs of
 * letters by letter, a run of digits is later than one of letters, `~` sorts before everything
 * and `^` after the end. Negative when `a` is the earlier one.
 */
export function compareReleases(a: string, b: string): number {
  const left = segmentsOf(a);
  const right = segmentsOf(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = compareSegments(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function segmentsOf(text: string): string[] {
  return text.match(/\d+|[a-zA-Z]+|~|\^/g) ?? [];
}

function compareSegments(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === '~' || b === '~') return a === '~' ? -1 : 1;
  if (a == null || b == null) return a == null ? -1 : 1;
  if (a === '^' || b === '^') return a === '^' ? -1 : 1;
  const digits = [a, b].map((segment) => /^\d/.test(segment));
  if (digits[0] !== digits[1]) return digits[0] ? 1 : -1;
  if (!digits[0]) return a < b ? -1 : 1;
  const [x, y] = [BigInt(a), BigInt(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** `6.18` of `6.18.9-200.fc44.x86_64`; what ranges and build caches are named by. */
export function majorMinorOf(release: string): string {
  const version = versionOfRelease(release);
  return version ? `${version.major}.${version.minor}` : release;
}
